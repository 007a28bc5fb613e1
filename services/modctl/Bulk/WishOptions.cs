using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Bulk;

/// <summary>Which decisions, and what is to be decided.</summary>
internal sealed class WishOptions
{
    private readonly Option<string?> _evidence = new("--evidence") { Description = "Decisions that rest on <bank>/<entry> or claim:<id>", HelpName = "ENTRY" };
    private readonly Option<string?> _rule = new("--rule") { Description = "Decisions of this rule; with --from and --to", HelpName = "RULE" };
    private readonly Option<DateTimeOffset?> _from = new("--from") { Description = "From when on, such as 2026-01-01T00:00Z", HelpName = "TIME" };
    private readonly Option<DateTimeOffset?> _to = new("--to") { Description = "Until when, exclusive", HelpName = "TIME" };
    private readonly Option<string?> _account = new("--account") { Description = "Decisions about this account", HelpName = "ACCOUNT" };
    private readonly Option<bool> _automated = new("--automated-only") { Description = "Leave decisions of people out" };
    private readonly Option<string[]> _measures = new("--measure")
    {
        Description = "What to decide, as MEASURE:CLAUSE such as remove:hate; without any, what is in force ends",
        HelpName = "MEASURE:CLAUSE",
    };

    private readonly Option<string> _rationale = new("--rationale") { Description = "Why, for colleagues and the audit", HelpName = "TEXT" };

    public void AddTo(Command command, bool isRationaleRequired)
    {
        _rationale.Required = isRationaleRequired;
        foreach (var option in new System.CommandLine.Option[] { _evidence, _rule, _from, _to, _account, _automated, _measures, _rationale })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">Not exactly one way to select is given.</exception>
    public BulkSelection Selection(ParseResult parsed)
    {
        var (evidence, rule, account) = (parsed.GetValue(_evidence), parsed.GetValue(_rule), parsed.GetValue(_account));
        if (new[] { evidence, rule, account }.Count(s => s is not null) != 1)
        {
            throw new UsageException("give exactly one of --evidence, --rule and --account.");
        }

        var selection = new BulkSelection { AutomatedOnly = parsed.GetValue(_automated) };
        if (rule is not null)
        {
            if (parsed.GetValue(_from) is not { } from || parsed.GetValue(_to) is not { } to)
            {
                throw new UsageException("--rule needs --from and --to.");
            }

            selection.Rule = new BulkRule { RuleId = rule, StartTime = Timestamp.FromDateTimeOffset(from), EndTime = Timestamp.FromDateTimeOffset(to) };
        }
        else if (evidence is not null)
        {
            selection.Evidence = evidence;
        }
        else
        {
            selection.AccountId = account;
        }

        return selection;
    }

    /// <exception cref="UsageException">A measure is none.</exception>
    public Verdict Verdict(ParseResult parsed) => new()
    {
        Rationale = parsed.GetValue(_rationale) ?? "",
        Measures =
        {
            (parsed.GetValue(_measures) ?? []).Select(m => m.Split(':')).Select(m => m.Length == 2 && ProtoNames.Find<MeasureKind>(m[0]) is { } kind
                ? new VerdictMeasure { Kind = kind, ClauseId = m[1] }
                : throw new UsageException($"--measure must be MEASURE:CLAUSE with one of {string.Join(", ", ProtoNames.All<MeasureKind>())}.")),
        },
    };
}
