using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Option = System.CommandLine.Option;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank set</c>: changes how an entry acts or what is said of it.</summary>
internal static class BankSetCommand
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(3650);

    public static Command Create(Terminal terminal)
    {
        var (bank, entry) = (BankCommand.Bank(), BankCommand.Entry());
        var state = BankCommand.OneOf("--state", "Whether it matches", BankEntryState.Quarantined);
        var pause = new Option<TimeSpan?>("--for")
        {
            Description = "With --state DISABLED: for how long, such as 12h or 7d; else for good",
            HelpName = "TIME",
            CustomParser = Durations.Between(TimeSpan.FromMinutes(1), LongestPause),
        };
        var severity = BankCommand.OneOf<BankEntrySeverity>("--severity", "How grave it is");
        var labels = new Option<string[]>("--label") { Description = "A word to find it by, in place of those it has; may be repeated", HelpName = "WORD" };
        var radius = new Option<int?>("--radius") { Description = "Greatest distance of a match in bits, 0..31", HelpName = "BITS" };
        var share = new Option<float?>("--share") { Description = "The share of media that it is compared with, above 0 up to 1", HelpName = "SHARE" };
        var source = new Option<string?>("--source") { Description = "Where it comes from, at most 200 characters", HelpName = "TEXT" };
        var note = new Option<string?>("--note") { Description = "A note for people, at most 1,000 characters", HelpName = "TEXT" };
        var reason = new Option<string>("--reason") { Description = "Why, for its history", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        (Option Option, string Field)[] changes =
        [
            (state, "state"), (severity, "severity"), (labels, "labels"), (radius, "match_radius"), (share, "traffic_share"), (source, "source"), (note, "note"),
        ];
        var command = new Command("set", "Changes how an entry acts or what is said of it; what is not given stays.") { bank, entry, pause, reason };
        Array.ForEach(changes, change => command.Add(change.Option));
        command.Validators.Add(result =>
        {
            if (!changes.Any(change => result.GetResult(change.Option) is { Implicit: false }))
            {
                result.AddError("Give at least one of " + string.Join(", ", changes.Select(change => change.Option.Name)) + ".");
            }
            else if (result.GetResult(pause) is { Implicit: false } && (result.GetResult(state) is null || result.GetValue(state) != BankEntryState.Disabled))
            {
                result.AddError("--for goes with --state DISABLED.");
            }
        });
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var wanted = new BankEntry
            {
                BankId = parsed.GetRequiredValue(bank),
                EntryId = parsed.GetRequiredValue(entry),
                State = parsed.GetValue(state) ?? default,
                DisableEndTime = parsed.GetValue(pause) is { } length ? (DateTimeOffset.UtcNow + length).ToTimestamp() : null,
                Severity = parsed.GetValue(severity) ?? default,
                Labels = { parsed.GetValue(labels) ?? [] },
                Source = parsed.GetValue(source) ?? "",
                Note = parsed.GetValue(note) ?? "",
            };
            if (parsed.GetValue(radius) is { } bits)
            {
                wanted.MatchRadius = bits;
            }

            if (parsed.GetValue(share) is { } part)
            {
                wanted.TrafficShare = part;
            }

            var mask = changes.Where(change => parsed.GetResult(change.Option) is { Implicit: false }).Select(change => change.Field).ToList();
            if (mask.Contains("state"))
            {
                mask.Add("disable_end_time");
            }

            var answer = await new BankService.BankServiceClient(connection.Invoker).UpdateBankEntryAsync(
                new UpdateBankEntryRequest { Entry = wanted, UpdateMask = new FieldMask { Paths = { mask } }, Reason = parsed.GetRequiredValue(reason) },
                deadline: ServiceConnection.Deadline,
                cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }
}
