using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Review;

/// <summary>A verdict on the command line: <c>--measure KIND:CLAUSE[:END[:FEATURE]]</c>, repeated, and <c>--why</c>.</summary>
internal sealed class VerdictOptions
{
    private readonly Option<string[]> _measures = new("--measure")
    {
        Description = "A measure and the clause it rests on, such as REMOVE:hate or SUSPEND_ACCOUNT:hate:3d; repeat it, or leave it out to let the post stand",
        HelpName = "KIND:CLAUSE[:TIME[:FEATURE]]",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string> _why = new("--why") { Description = "Why, for colleagues and the audit; the author never reads it", Required = true, HelpName = "TEXT" };

    public Command AddTo(Command command)
    {
        command.Options.Add(_measures);
        command.Options.Add(_why);
        return command;
    }

    public Verdict Read(ParseResult parsed, TimeProvider time) => new()
    {
        Rationale = parsed.GetRequiredValue(_why),
        Measures = { (parsed.GetValue(_measures) ?? []).Select(m => Measure(m, time.GetUtcNow())) },
    };

    private static VerdictMeasure Measure(string text, DateTimeOffset now)
    {
        var parts = text.Split(':');
        var kind = ProtoNames.Find<MeasureKind>(parts[0])
            ?? throw new UsageException($"--measure {text}: {parts[0]} is no measure; there are {string.Join(", ", ProtoNames.All<MeasureKind>())}.");
        if (parts.Length is < 2 or > 4)
        {
            throw new UsageException($"--measure {text}: write KIND:CLAUSE, KIND:CLAUSE:TIME or RESTRICT_FEATURE:CLAUSE:TIME:FEATURE.");
        }

        return new VerdictMeasure
        {
            Kind = kind,
            ClauseId = parts[1],
            EndTime = parts.Length > 2 && parts[2].Length > 0 ? Timestamp.FromDateTimeOffset(now + Length(text, parts[2])) : null,
            Feature = parts.Length > 3 ? parts[3] : "",
        };
    }

    private static TimeSpan Length(string measure, string text)
        => text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? text[^1] switch
            {
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => throw new UsageException($"--measure {measure}: the time {text} must end in m, h or d, such as 3d."),
            }
            : throw new UsageException($"--measure {measure}: the time {text} must be a number with m, h or d, such as 3d.");
}
