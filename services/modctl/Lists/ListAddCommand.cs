using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Lists;

/// <summary><c>modctl list add</c></summary>
internal static class ListAddCommand
{
    public static Command Create(Terminal terminal)
    {
        var (tenant, entry) = (ListCommand.Tenant(), ListCommand.Entry());
        var category = new Option<HarmCategory>("--category")
        {
            Description = "The harm it stands for: " + string.Join(", ", ProtoNames.All<HarmCategory>()),
            HelpName = "CATEGORY",
            Required = true,
            CustomParser = result =>
            {
                if (result.Tokens is [{ Value: var name }] && ProtoNames.Find<HarmCategory>(name) is { } found)
                {
                    return found;
                }

                result.AddError($"--category must be one of {string.Join(", ", ProtoNames.All<HarmCategory>())}.");
                return default;
            },
        };
        (string Kind, Option<string> Option)[] patterns =
        [
            ("term", new("--term") { HelpName = "TEXT", Description = "A word or phrase; a '*' at its end lets the last word go on" }),
            ("regex", new("--regex") { HelpName = "REGEX", Description = "A regular expression over the normalised text" }),
            ("host", new("--host") { HelpName = "HOST", Description = "A host; its subdomains match as well" }),
            ("link", new("--link") { HelpName = "HOST/PATH", Description = "A host and the beginning of a path" }),
        ];
        var note = new Option<string>("--note") { HelpName = "TEXT", Description = "A note for people, at most 1,000 characters", DefaultValueFactory = _ => "" };
        var lifetime = new Option<TimeSpan?>("--for")
        {
            HelpName = "TIME",
            Description = "How long it matches, such as 7d; without it, until it is removed",
            CustomParser = Durations.Between(TimeSpan.FromMinutes(1), TimeSpan.FromDays(3660)),
        };
        var command = new Command("add", "Adds an entry; the same entry twice is one.")
        {
            entry, tenant, category, patterns[0].Option, patterns[1].Option, patterns[2].Option, patterns[3].Option, note, lifetime,
        };
        command.Validators.Add(result =>
        {
            if (patterns.Count(p => result.GetResult(p.Option) is { Implicit: false }) != 1)
            {
                result.AddError("Give exactly one of --term, --regex, --host and --link.");
            }
        });
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var added = new TextListEntry { EntryId = parsed.GetRequiredValue(entry), Category = parsed.GetRequiredValue(category), Note = parsed.GetRequiredValue(note) };
            var (kind, option) = patterns.Single(p => parsed.GetValue(p.Option) is not null);
            ListCommand.TrySet(added, kind, parsed.GetRequiredValue(option));
            if (parsed.GetValue(lifetime) is { } span)
            {
                added.EndTime = (terminal.Time.GetUtcNow() + span).ToTimestamp();
            }

            var answer = await ListCommand.Client(connection).AddTextListEntriesAsync(
                new AddTextListEntriesRequest { TenantId = parsed.GetRequiredValue(tenant), Entries = { added } },
                deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }
}
