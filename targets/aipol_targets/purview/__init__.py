"""Microsoft Purview data loss prevention: what data people may give to an AI app."""
