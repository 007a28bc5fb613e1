using System.Collections.Frozen;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Claims;

/// <summary>A publisher whose ratings count.</summary>
/// <param name="Site">The host of its site.</param>
/// <param name="FalseRatings">Its ratings that mean false, in its own words; empty for the usual ones.</param>
public sealed record ClaimPublisher(string Site, IReadOnlyList<string> FalseRatings);

/// <summary>
/// The publishers whose ratings count, and which of their ratings mean false. Nobody else's do, however they are imported: who decides what
/// is false is a decision of the installation, made in its configuration and not by whoever can import.
/// </summary>
public sealed class PublisherList
{
    // Words that publishers use for "false as a whole". What is half true, lacks context or is satire is not among them.
    private static readonly string[] Usual =
    [
        "false", "mostly false", "pants on fire", "fake", "incorrect", "wrong", "fabricated", "hoax", "not true", "untrue", "debunked", "four pinocchios",
        "falso", "falsa", "bulo", "mayormente falso", "faux", "plutot faux", "falsch", "grosstenteils falsch", "frei erfunden", "falso em geral",
        "虚假", "谣言", "假", "错误", "خطأ", "زائف", "كاذب", "غير صحيح", "거짓", "사실 아님", "ложь", "неправда", "फर्जी", "झूठ", "yanlis",
    ];

    private static readonly FrozenSet<string> UsualForms = Usual.Select(Form).ToFrozenSet(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, FrozenSet<string>> _falseRatings;

    /// <summary>Publishers by site; a site named twice has the ratings of both.</summary>
    /// <exception cref="ArgumentException">A site is no host.</exception>
    public PublisherList(IEnumerable<ClaimPublisher> publishers)
    {
        ArgumentNullException.ThrowIfNull(publishers);
        _falseRatings = publishers
            .GroupBy(p => Links.HostName.Canonical(p.Site) ?? throw new ArgumentException($"\"{p.Site}\" is no host such as factcheck.example."))
            .ToFrozenDictionary(
                g => g.Key,
                g => g.Any(p => p.FalseRatings.Count > 0) ? g.SelectMany(p => p.FalseRatings).Select(Form).ToFrozenSet(StringComparer.Ordinal) : UsualForms,
                StringComparer.Ordinal);
    }

    /// <summary>Whether a fact-check is one that counts: by a listed publisher (or on a host below its site), with a rating that means false.</summary>
    public bool Counts(FactCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (Links.HostName.Canonical(check.PublisherSite) is not { } site) return false;
        for (var host = site; ; host = host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (_falseRatings.TryGetValue(host, out var ratings)) return ratings.Contains(Form(check.Rating));
            if (!host.Contains('.', StringComparison.Ordinal)) return false;
        }
    }

    private static string Form(string rating) => TextNormalizer.Normalize(rating).Text.Trim(' ', '.', '!', ':', '"');
}
