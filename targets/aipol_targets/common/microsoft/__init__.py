"""What the targets of Microsoft's services share: how they speak with Microsoft Graph."""
