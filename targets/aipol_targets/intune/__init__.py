"""Microsoft Intune: compliance and configuration of managed Windows PCs and Macs."""
