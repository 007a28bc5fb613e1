using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Moderation.Enforcement.Cel;

namespace Moderation.Enforcement;

/// <summary>How a decision came out; the numbers are those of the contract's DecisionOutcome.</summary>
public enum Verdict
{
    /// <summary>The post stands as it is.</summary>
    NoAction = 1,
    /// <summary>The post stands, and a person will look at it.</summary>
    ReviewOnly = 2,
    /// <summary>At least one measure applies.</summary>
    Measures = 3,
}

/// <summary>What a policy says about an input. A pure function of both.</summary>
public sealed record PolicyOutcome
{
    /// <summary>The policy that decided.</summary>
    public required string PolicyVersion { get; init; }
    /// <summary>How it came out.</summary>
    public required Verdict Verdict { get; init; }
    /// <summary>The rules that fired, most severe first, then by id.</summary>
    public required ImmutableArray<FiredRule> Fired { get; init; }
    /// <summary>The measures that remain after merging, strictest first; REVIEW is not among them.</summary>
    public required ImmutableArray<AppliedMeasure> Measures { get; init; }
    /// <summary>Why a person should look; empty when no review task is to be opened.</summary>
    public required ImmutableArray<ReviewReason> ReviewReasons { get; init; }
    /// <summary>What is recorded but asks for nothing, such as OUT_OF_DOMAIN.</summary>
    public required ImmutableArray<string> Notes { get; init; }
    /// <summary>The rules whose condition had no value for this input; they did not fire.</summary>
    public ImmutableArray<RuleFault> Faults { get; init; } = [];
    /// <summary>The rules on their way whose condition held and that did nothing, by id.</summary>
    public ImmutableArray<FiredRule> Observed { get; init; } = [];

    /// <summary>Whether a measure restricts the post; then the notice and the statement of reasons are required.</summary>
    public bool IsRestrictive => Measures.Length > 0;

    /// <summary>The severity of the most severe rule that fired, 1..4; 0 when none did.</summary>
    public int Severity => Fired.Length == 0 ? 0 : Fired[0].Severity;

    /// <summary>The outcome as text, the same for the same outcome: for comparing a replay with its record.</summary>
    public string ToCanonicalText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{PolicyVersion} {Verdict}\n");
        foreach (var rule in Fired)
        {
            text.Append(CultureInfo.InvariantCulture, $"rule {rule.RuleId} {rule.ClauseId} {TaxonomyNames.Of(rule.Category)} {rule.Severity} {rule.Basis}");
            text.AppendJoin(' ', rule.Evidence.Select(e => $" {e.Name}={e.Value}"));
            text.Append(rule.Stage == RuleStage.Live ? "" : $" {rule.Stage} {rule.PolicyVersion}").Append('\n');
        }
        foreach (var rule in Observed)
            text.Append(CultureInfo.InvariantCulture, $"observed {rule.RuleId} {rule.PolicyVersion} {rule.Stage}\n");
        foreach (var measure in Measures)
            text.Append(CultureInfo.InvariantCulture, $"measure {TaxonomyNames.Of(measure.Kind)} {measure.RuleId} {string.Join(',', measure.RuleIds)}\n");
        foreach (var reason in ReviewReasons)
            text.Append(CultureInfo.InvariantCulture, $"review {reason.Code} {reason.Detail}\n");
        foreach (var note in Notes)
            text.Append(CultureInfo.InvariantCulture, $"note {note}\n");
        foreach (var fault in Faults)
            text.Append(CultureInfo.InvariantCulture, $"fault {fault.RuleId} {fault.Fault.Code} {fault.Fault.Position}\n");
        return text.ToString();
    }
}

/// <summary>A rule whose condition had no value, such as for a division by zero.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Fault">Why, and where in its condition.</param>
public sealed record RuleFault(string RuleId, CelFault Fault);

/// <summary>A rule that fired. For staff and the audit; authors read the statement.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="ClauseId">Its public clause.</param>
/// <param name="ClauseTitle">The clause's title in English.</param>
/// <param name="Category">The harm.</param>
/// <param name="Measures">What it asks for, strictest first; REVIEW may be among them.</param>
/// <param name="Severity">1..4.</param>
/// <param name="Basis">What it rests on.</param>
/// <param name="Evidence">The recorded values that it read.</param>
public sealed record FiredRule(
    string RuleId, string ClauseId, string ClauseTitle, HarmCategory Category, ImmutableArray<MeasureKind> Measures, int Severity,
    EvidenceBasis Basis, ImmutableArray<EvidenceItem> Evidence)
{
    /// <summary>How far the rule has come.</summary>
    public RuleStage Stage { get; init; } = RuleStage.Live;

    /// <summary>The policy whose rule it is, where that is not the one in force; else empty.</summary>
    public string PolicyVersion { get; init; } = "";
}

/// <summary>A recorded value that a rule read.</summary>
/// <param name="Name">What it is, such as text.score.hate or media.match.</param>
/// <param name="Value">Its value as text.</param>
/// <param name="Spans">The passages concerned, if it is about a text.</param>
/// <param name="MediaId">The medium concerned, if it is about media; else empty.</param>
/// <param name="MediaNumber">Its place in the post, from 1; 0 when it is not about media.</param>
public sealed record EvidenceItem(string Name, string Value, ImmutableArray<TextSpan> Spans, string MediaId = "", int MediaNumber = 0);

/// <summary>A measure after merging.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Category">The harm of the leading rule.</param>
/// <param name="RuleId">The leading rule: the most severe that asks for it, then the first by id.</param>
/// <param name="ClauseId">The clause of the leading rule.</param>
/// <param name="Severity">The severity of the leading rule.</param>
/// <param name="RuleIds">All rules that ask for it, the leading one first.</param>
public sealed record AppliedMeasure(
    MeasureKind Kind, HarmCategory Category, string RuleId, string ClauseId, int Severity, ImmutableArray<string> RuleIds);

/// <summary>Why a person should look.</summary>
/// <param name="Code">SIGNAL_UNAVAILABLE, RULE (a rule asks for it) or HOLD (the post is hidden until then).</param>
/// <param name="Detail">The signal (text, media, claims) or the rule's id.</param>
public sealed record ReviewReason(string Code, string Detail)
{
    /// <summary>A signal could not be had.</summary>
    public const string SignalUnavailable = "SIGNAL_UNAVAILABLE";
    /// <summary>A rule asks for review without hold.</summary>
    public const string Rule = "RULE";
    /// <summary>The post is hidden until a person has looked.</summary>
    public const string Hold = "HOLD";
}
