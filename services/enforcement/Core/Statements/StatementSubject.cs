using System.Collections.Immutable;
using System.Globalization;

namespace Moderation.Enforcement;

/// <summary>The passage, picture or behaviour that a measure is about. Says where, never how it was recognised.</summary>
public sealed record StatementSubject
{
    private const int MaxPassages = 3;

    private readonly string _phrase;
    private readonly string _places;

    private StatementSubject(string phrase, string places = "")
    {
        _phrase = phrase;
        _places = places;
    }

    /// <summary>The post as a whole.</summary>
    public static StatementSubject Post { get; } = new("subject.post");

    /// <summary>How often the account posts.</summary>
    public static StatementSubject Account { get; } = new("subject.account");

    /// <summary>A claim that a published fact-check has rated false.</summary>
    public static StatementSubject Claim { get; } = new("subject.claim");

    /// <summary>The text, and the passages in it, of which the first three are named.</summary>
    public static StatementSubject Text(IEnumerable<TextSpan> passages)
    {
        var named = passages.Where(s => s.End > s.Start).Take(MaxPassages).OrderBy(s => s.Start)
            .Select(s => $"{Number(s.Start + 1)}–{Number(s.End)}");
        var places = string.Join(", ", named);
        return places.Length == 0 ? new StatementSubject("subject.text") : new StatementSubject("subject.passages", places);
    }

    /// <summary>Pictures or videos, by their place in the post from 1.</summary>
    public static StatementSubject Media(IEnumerable<int> numbers)
    {
        var places = string.Join(", ", numbers.Where(n => n > 0).Distinct().Order().Select(Number));
        return places.Length == 0 ? new StatementSubject("subject.media") : new StatementSubject("subject.media_numbers", places);
    }

    /// <summary>What a rule that fired is about; the post when there is none.</summary>
    public static StatementSubject Of(FiredRule? rule)
    {
        if (rule is null)
            return Post;
        if (rule.Basis.HasFlag(EvidenceBasis.MediaMatch))
            return Media(rule.Evidence.Select(e => e.MediaNumber));
        if (rule.Basis.HasFlag(EvidenceBasis.ClaimMatch))
            return Claim;
        if (rule.Basis.HasFlag(EvidenceBasis.TextScore))
            return Text(rule.Evidence.SelectMany(e => e.Spans));
        return rule.Basis.HasFlag(EvidenceBasis.AccountFacts) ? Account : Post;
    }

    internal string Say(Phrases phrases) => phrases.Say(_phrase, _places);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
