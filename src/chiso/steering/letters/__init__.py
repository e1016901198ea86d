"""Official letters: from chosen facts to a document as Nghị định 30/2020/NĐ-CP wants it."""
