using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Submit;

/// <summary>What a decision comes to in a summary: each category with its measure, once.</summary>
/// <param name="Lines">Such as (FRAUD_SPAM, REMOVE); ("-", NO_ACTION) for a post that stands.</param>
internal sealed record Verdict(IReadOnlyList<(string Category, string Measure)> Lines)
{
    private const string None = "-";

    public static Verdict Of(Decision decision) => new(decision.Outcome switch
    {
        DecisionOutcome.Measures => [.. decision.Measures.Select(m => (ProtoNames.Of(m.Category), ProtoNames.Of(m.Kind))).Distinct()],
        DecisionOutcome.ReviewOnly => [.. decision.Reasons.Select(r => (r.Code.Length > 0 ? r.Code : ProtoNames.Of(r.Category), "REVIEW_ONLY")).Distinct()],
        _ => [(None, ProtoNames.Of(decision.Outcome))],
    });

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is something else.</summary>
    public static Verdict? Parse(string text)
    {
        var lines = text.Split(',').Select(l => l.Split(':')).ToList();
        return lines.All(l => l is [{ Length: > 0 }, { Length: > 0 }]) ? new Verdict([.. lines.Select(l => (l[0], l[1]))]) : null;
    }

    public override string ToString() => string.Join(',', Lines.Select(l => $"{l.Category}:{l.Measure}"));
}
