using System.Collections.Immutable;
using System.Globalization;

namespace Moderation.Enforcement;

/// <summary>Who found and who decided; part of every statement.</summary>
/// <param name="AutomatedDetection">Found by automated means.</param>
/// <param name="AutomatedDecision">Decided without a person.</param>
public sealed record DecisionOrigin(bool AutomatedDetection, bool AutomatedDecision)
{
    /// <summary>A rule found it and decided.</summary>
    public static DecisionOrigin Rule { get; } = new(true, true);
}

/// <summary>Writes the statement of reasons from the outcome alone.</summary>
public static class StatementBuilder
{
    /// <summary>For how many months after a decision an appeal may be filed.</summary>
    public const int AppealMonths = 6;

    private const int MaxPassages = 3;

    /// <summary>The statement; null when no measure restricts the post.</summary>
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
        origin ??= DecisionOrigin.Rule;
        var phrases = Phrases.For(authorLanguage);
        var appealEnd = decidedAt.AddMonths(AppealMonths);
        return new AuthorStatement(
            phrases.Language,
            [.. outcome.Measures.Select(measure => Entry(measure, outcome, policy, phrases, origin))],
            origin.AutomatedDetection,
            origin.AutomatedDecision,
            phrases.Say("redress", appealEnd.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            appealEnd);
    }

    private static StatementEntry Entry(
        AppliedMeasure measure, PolicyOutcome outcome, CompiledPolicy policy, Phrases phrases, DecisionOrigin origin)
    {
        var clause = policy.Clauses[measure.ClauseId];
        var text = clause.In(phrases.Language);
        var rule = outcome.Fired.FirstOrDefault(r => r.RuleId == measure.RuleId);
        var found = phrases.Say(
            origin.AutomatedDetection ? "facts.found_by_machine" : "facts.found_by_person",
            Subject(rule, phrases), phrases.Say("category." + TaxonomyNames.Of(measure.Category)));
        var decided = phrases.Say(origin.AutomatedDecision ? "decided.by_machine" : "decided.by_person");
        var help = measure.Category == HarmCategory.SelfHarm ? " " + phrases.Say("help") : "";
        return new StatementEntry(measure.Kind, measure.Category, clause.Id, text.Title, text.Text, $"{found} {decided}{help}");
    }

    /// <summary>The passage, picture or behaviour concerned. Says where, never how it was recognised.</summary>
    private static string Subject(FiredRule? rule, Phrases phrases)
    {
        if (rule is null)
            return phrases.Say("subject.post");
        if (rule.Basis.HasFlag(EvidenceBasis.MediaMatch))
        {
            var numbers = rule.Evidence.Select(e => e.MediaNumber).Where(n => n > 0).Distinct().Order().ToList();
            return numbers.Count == 0 ? phrases.Say("subject.media") : phrases.Say("subject.media_numbers", Join(numbers.Select(Text)));
        }
        if (rule.Basis.HasFlag(EvidenceBasis.ClaimMatch))
            return phrases.Say("subject.claim");
        if (rule.Basis.HasFlag(EvidenceBasis.TextScore))
        {
            var passages = rule.Evidence.SelectMany(e => e.Spans).Where(s => s.End > s.Start).Take(MaxPassages).OrderBy(s => s.Start).ToImmutableArray();
            return passages.Length == 0
                ? phrases.Say("subject.text")
                : phrases.Say("subject.passages", Join(passages.Select(s => $"{Text(s.Start + 1)}–{Text(s.End)}")));
        }
        return phrases.Say(rule.Basis.HasFlag(EvidenceBasis.AccountFacts) ? "subject.account" : "subject.post");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Join(IEnumerable<string> parts) => string.Join(", ", parts);
}

/// <summary>Writes the short message that the author gets at once.</summary>
public static class NoticeBuilder
{
    /// <summary>The notice of a statement.</summary>
    /// <param name="statement">The statement that it announces.</param>
    public static AuthorNotice Build(AuthorStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var phrases = Phrases.For(statement.Language);
        var leading = statement.Items[0];
        var lines = statement.Items.Select(i => phrases.Say("measure." + TaxonomyNames.Of(i.Measure))).ToList();
        lines.AddRange(statement.Items
            .DistinctBy(i => i.ClauseId)
            .Select(i => $"{phrases.Say("notice.rule", i.ClauseTitle)} {i.Facts}"));
        lines.Add(statement.Redress);
        return new AuthorNotice(
            statement.Language, phrases.Say("notice.title", phrases.Say("category." + TaxonomyNames.Of(leading.Category))), string.Join("\n", lines));
    }

    /// <summary>The notice of an outcome; null when no measure restricts the post.</summary>
    public static AuthorNotice? Build(
        PolicyOutcome outcome, CompiledPolicy policy, string? authorLanguage, DateTimeOffset decidedAt, DecisionOrigin? origin = null) =>
        StatementBuilder.Build(outcome, policy, authorLanguage, decidedAt, origin) is { } statement ? Build(statement) : null;
}
