using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Lists;

/// <summary><c>modctl list</c>: entries of the lists that texts are compared with.</summary>
internal static class ListCommand
{
    public static Command Create(Terminal terminal) => new("list", "Adds, imports, removes and shows terms, patterns, hosts and links that texts are compared with.")
    {
        ListAddCommand.Create(terminal),
        ListImportCommand.Create(terminal),
        ListRemoveCommand.Create(terminal),
        ListShowCommand.Create(terminal),
        ListChangesCommand.Create(terminal),
    };

    public static Option<string> Tenant() => new("--tenant") { Description = "The tenant; without it, what holds for all", HelpName = "TENANT", DefaultValueFactory = _ => "" };

    public static Argument<string> Entry() => new("ENTRY") { Description = "The entry: 1..128 characters of A-Z a-z 0-9 . _ : -" };

    public static TextListService.TextListServiceClient Client(ServiceConnection connection) => new(connection.Invoker);

    /// <summary>Puts a pattern into the field of its kind; false for an unknown kind.</summary>
    public static bool TrySet(TextListEntry entry, string kind, string pattern)
    {
        switch (kind)
        {
            case "term": entry.Term = pattern; return true;
            case "regex": entry.Regex = pattern; return true;
            case "host": entry.Host = pattern; return true;
            case "link": entry.Link = pattern; return true;
            default: return false;
        }
    }

    /// <summary>Kind and pattern of an entry.</summary>
    public static (string Kind, string Pattern) Pattern(TextListEntry entry) => entry.PatternCase switch
    {
        TextListEntry.PatternOneofCase.Term => ("term", entry.Term),
        TextListEntry.PatternOneofCase.Regex => ("regex", entry.Regex),
        TextListEntry.PatternOneofCase.Host => ("host", entry.Host),
        TextListEntry.PatternOneofCase.Link => ("link", entry.Link),
        _ => ("?", ""),
    };
}
