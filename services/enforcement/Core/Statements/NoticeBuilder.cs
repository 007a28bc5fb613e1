namespace Moderation.Enforcement;

/// <summary>Writes the short message that the author gets at once.</summary>
public static class NoticeBuilder
{
    /// <summary>The notice of a statement.</summary>
    /// <param name="statement">The statement that it announces.</param>
    public static AuthorNotice Build(AuthorStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var phrases = Phrases.For(statement.Language);
        var title = MeasureMatrix.IsAccountMeasure(statement.Items[0].Measure) ? "notice.title_account" : "notice.title";
        return new AuthorNotice(
            statement.Language, phrases.Say(title, phrases.Category(statement.Items[0].Category)), string.Join("\n", Lines(statement, phrases)));
    }

    /// <summary>The notice of an outcome; null when no measure restricts the post.</summary>
    public static AuthorNotice? Build(
        PolicyOutcome outcome, CompiledPolicy policy, string? authorLanguage, DateTimeOffset decidedAt, DecisionOrigin? origin = null) =>
        StatementBuilder.Build(outcome, policy, authorLanguage, decidedAt, origin) is { } statement ? Build(statement) : null;

    /// <summary>What was done, under which clause and why, how to appeal.</summary>
    internal static IEnumerable<string> Lines(AuthorStatement statement, Phrases phrases) =>
    [
        .. statement.Items.Select(i => phrases.Measure(i.Measure, i.End, i.Feature)),
        // Measures of one clause mostly have the same facts; an end of one of them makes another line.
        .. statement.Items.Select(i => $"{phrases.Say("notice.rule", i.ClauseTitle)} {i.Facts}").Distinct(),
        statement.Redress,
    ];
}
