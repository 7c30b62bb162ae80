"""The values that everything else passes around; they know no file and no clock."""
