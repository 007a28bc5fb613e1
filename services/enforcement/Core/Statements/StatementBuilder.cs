using System.Collections.Immutable;
using System.Globalization;

namespace Moderation.Enforcement;

/// <summary>Writes the statement of reasons from the decision alone.</summary>
public static class StatementBuilder
{
    /// <summary>For how many months after a decision an appeal may be filed.</summary>
    public const int AppealMonths = 6;

    /// <summary>The statement of a policy's outcome; null when no measure restricts the post.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="policy">The policy that decided, for its clauses.</param>
    /// <param name="authorLanguage">BCP 47 tag of the author's language; null or empty: English.</param>
    /// <param name="decidedAt">The time of the decision.</param>
    /// <param name="origin">Who found and decided; null: a rule did both.</param>
    public static AuthorStatement? Build(
        PolicyOutcome outcome, CompiledPolicy policy, string? authorLanguage, DateTimeOffset decidedAt, DecisionOrigin? origin = null)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(policy);
        if (!outcome.IsRestrictive)
            return null;
        return Build(
            new StatementRequest
            {
                Measures = Explained(outcome),
                Origin = origin ?? DecisionOrigin.Rule,
                DecidedAt = decidedAt,
                AuthorLanguage = authorLanguage,
            },
            policy.Clauses);
    }

    /// <summary>The statement of a decision, whoever took it.</summary>
    /// <param name="request">Its measures, and who found and decided.</param>
    /// <param name="clauses">The public clauses of the policy that it rests on, by id.</param>
    public static AuthorStatement Build(StatementRequest request, IReadOnlyDictionary<string, PolicyClause> clauses)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(clauses);
        if (request.Measures.IsDefaultOrEmpty)
            throw new ArgumentException("a statement explains at least one measure", nameof(request));
        if (request.Limit is not null && !NoticeLimit.IsAllowed(request))
            throw new ArgumentException("a notice is delayed for child sexual exploitation and on an authority's order only", nameof(request));
        var phrases = Phrases.For(request.AuthorLanguage);
        var appealEnd = request.AfterAppeal ? request.DecidedAt : request.DecidedAt.AddMonths(AppealMonths);
        return new AuthorStatement(
            phrases.Language,
            [.. request.Measures.Select(measure => Entry(measure, request, clauses, phrases))],
            request.Origin.AutomatedDetection,
            request.Origin.AutomatedDecision,
            request.AfterAppeal
                ? phrases.Say("redress.after_appeal")
                : phrases.Say("redress", Phrases.Day(appealEnd)),
            appealEnd,
            request.Limit);
    }

    /// <summary>The measures of an outcome, each with what its leading rule is about.</summary>
    public static ImmutableArray<ExplainedMeasure> Explained(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return
        [
            .. outcome.Measures.Select(m => new ExplainedMeasure(
                m.Kind, m.Category, m.ClauseId, StatementSubject.Of(outcome.Fired.FirstOrDefault(r => r.RuleId == m.RuleId)))),
        ];
    }

    private static StatementEntry Entry(
        ExplainedMeasure measure, StatementRequest request, IReadOnlyDictionary<string, PolicyClause> clauses, Phrases phrases)
    {
        var clause = clauses[measure.ClauseId];
        var text = clause.In(phrases.Language);
        List<string> facts =
        [
            phrases.Say(FoundBy(request.Origin), (measure.Subject ?? StatementSubject.Post).Say(phrases), phrases.Category(measure.Category)),
            phrases.Say(DecidedBy(request)),
        ];
        if (measure.FromLadder && request.Strike is { } strike)
        {
            facts.Add(phrases.Say("ladder.level", strike.Level.ToString(CultureInfo.InvariantCulture)));
            facts.Add(phrases.Say("ladder.expires", Phrases.Day(strike.Expiry)));
        }
        if (measure.End is { } end)
            facts.Add(phrases.Say("measure.ends", Phrases.Minute(end)));
        if (measure.Category == HarmCategory.SelfHarm)
            facts.Add(phrases.Say("help"));
        return new StatementEntry(
            measure.Kind, measure.Category, clause.Id, text.Title, text.Text, string.Join(' ', facts), measure.End, measure.Feature);
    }

    private static string FoundBy(DecisionOrigin origin) => origin.Source switch
    {
        DetectionSource.UserReport => "facts.found_by_report",
        DetectionSource.TrustedFlagger => "facts.found_by_flagger",
        DetectionSource.AuthorityOrder => "facts.found_by_order",
        _ => origin.AutomatedDetection ? "facts.found_by_machine" : "facts.found_by_person",
    };

    private static string DecidedBy(StatementRequest request) =>
        request.AfterAppeal ? "decided.by_second_person" : request.Origin.AutomatedDecision ? "decided.by_machine" : "decided.by_person";
}
