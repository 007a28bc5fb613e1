using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>Why measures were taken back.</summary>
public enum RestorationCause
{
    /// <summary>The entry on which the decision rested was withdrawn.</summary>
    Withdrawal,
    /// <summary>A person looked and decided otherwise.</summary>
    Review,
}

/// <summary>What authors are told when a decision is looked at again: after an appeal, and when measures are taken back without one.</summary>
public static class OutcomeNotices
{
    /// <summary>The outcome of an appeal.</summary>
    /// <param name="standing">The statement of what stands, written as after an appeal; null when nothing does.</param>
    /// <param name="restored">What was taken back, in the order of the decision; empty when the decision stands.</param>
    /// <param name="strikeReverted">The strike that came with it counts no more.</param>
    /// <param name="authorLanguage">BCP 47 tag of the author's language; null or empty: English.</param>
    public static AuthorNotice Appeal(
        AuthorStatement? standing, ImmutableArray<ExplainedMeasure> restored, bool strikeReverted, string? authorLanguage)
    {
        if (standing is null && restored.IsDefaultOrEmpty)
            throw new ArgumentException("an appeal is about at least one measure", nameof(restored));
        var phrases = Phrases.For(authorLanguage);
        var outcome = standing is null ? "appeal.overturned" : restored.IsDefaultOrEmpty ? "appeal.upheld" : "appeal.in_part";
        var category = standing?.Items[0].Category ?? restored[0].Category;
        List<string> lines = [$"{phrases.Say("appeal.second_person")} {phrases.Say(outcome)}", .. Restored(restored, strikeReverted, phrases)];
        if (standing is not null)
        {
            lines.Add(phrases.Say("appeal.stands"));
            lines.AddRange(NoticeBuilder.Lines(standing, phrases));
        }
        return new AuthorNotice(phrases.Language, phrases.Say("appeal.title", phrases.Category(category)), string.Join("\n", lines));
    }

    /// <summary>Measures that were taken back without an appeal.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="restored">What was taken back, in the order of the decision; at least one.</param>
    /// <param name="strikeReverted">The strike that came with it counts no more.</param>
    /// <param name="authorLanguage">BCP 47 tag of the author's language; null or empty: English.</param>
    public static AuthorNotice Restored(
        RestorationCause cause, ImmutableArray<ExplainedMeasure> restored, bool strikeReverted, string? authorLanguage)
    {
        if (restored.IsDefaultOrEmpty)
            throw new ArgumentException("at least one measure was taken back", nameof(restored));
        var phrases = Phrases.For(authorLanguage);
        var title = MeasureMatrix.IsAccountMeasure(restored[0].Kind) ? "notice.title_account" : "notice.title";
        return new AuthorNotice(
            phrases.Language,
            phrases.Say(title, phrases.Category(restored[0].Category)),
            string.Join("\n", [
                phrases.Say(cause == RestorationCause.Withdrawal ? "restored.by_withdrawal" : "restored.by_review"),
                .. Restored(restored, strikeReverted, phrases),
            ]));
    }

    private static IEnumerable<string> Restored(ImmutableArray<ExplainedMeasure> restored, bool strikeReverted, Phrases phrases)
    {
        var kinds = restored.IsDefaultOrEmpty ? [] : restored.Select(m => m.Kind).Distinct();
        var lines = kinds.Select(kind => phrases.Say("restored." + TaxonomyNames.Of(kind)));
        return strikeReverted ? lines.Append(phrases.Say("restored.strike")) : lines;
    }
}
