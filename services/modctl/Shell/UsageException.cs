namespace Moderation.ModCtl.Shell;

/// <summary>The command line can't be followed; the message says what would be right.</summary>
internal sealed class UsageException(string message) : Exception(message);
