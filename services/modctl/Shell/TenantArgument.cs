using System.CommandLine;

namespace Moderation.ModCtl.Shell;

/// <summary>The tenant that a command is about.</summary>
internal static class TenantArgument
{
    public static Argument<string> Create() => new("TENANT") { Description = "The tenant: 1..64 characters of a-z 0-9 and -" };
}
