using System.Collections.Immutable;
using System.Globalization;

namespace Moderation.Enforcement;

/// <summary>Whether a signal could be had. The numbers are those of the contract's enum; 0 is read as unavailable.</summary>
public enum SignalStatus
{
    /// <summary>Not set; read as unavailable.</summary>
    Unspecified = 0,
    /// <summary>It is there.</summary>
    Available = 1,
    /// <summary>It could not be had; no sanction may rest on it.</summary>
    Unavailable = 2,
    /// <summary>There was nothing to look at.</summary>
    NotApplicable = 3,
}

/// <summary>The kind of a fingerprint. The numbers are those of the contract's enum.</summary>
public enum HashKind
{
    /// <summary>Not set.</summary>
    Unspecified = 0,
    /// <summary>Perceptual.</summary>
    Pdq = 1,
    /// <summary>SHA-256 of the bytes.</summary>
    Sha256 = 2,
    /// <summary>MD5 of the bytes.</summary>
    Md5 = 3,
    /// <summary>SHA-1 of the bytes.</summary>
    Sha1 = 4,
    /// <summary>Perceptual, the frames of a video.</summary>
    Vpdq = 5,
}

/// <summary>Everything that a decision reads; recorded with it, so that it can be replayed to the bit.</summary>
public sealed record PolicyInput
{
    /// <summary>The post.</summary>
    public required PostFacts Post { get; init; }
    /// <summary>What text-classify says.</summary>
    public required TextSignal Text { get; init; }
    /// <summary>What media-hash says.</summary>
    public required MediaSignal Media { get; init; }
    /// <summary>What claim matching says.</summary>
    public ClaimSignal Claims { get; init; } = ClaimSignal.None;
    /// <summary>What is known about the account.</summary>
    public AccountFacts Account { get; init; } = new();
    /// <summary>What was counted about what the post holds; null when it was not recorded, or could not be had.</summary>
    public ContentFacts? Content { get; init; }
    /// <summary>The time of the decision; rules see it as now.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>Facts of the post. Rules see counts and languages but no ids, so that no policy can name a person.</summary>
public sealed record PostFacts
{
    /// <summary>The tenant.</summary>
    public required string TenantId { get; init; }
    /// <summary>The post.</summary>
    public required string PostId { get; init; }
    /// <summary>Its author.</summary>
    public required string AccountId { get; init; }
    /// <summary>Its channel; may be empty. For the scope of campaigns; no rule reads it.</summary>
    public string ChannelId { get; init; } = "";
    /// <summary>Its revision, from 1.</summary>
    public long Revision { get; init; } = 1;
    /// <summary>The language that the platform gave, BCP 47; may be empty.</summary>
    public string Language { get; init; } = "";
    /// <summary>Unicode code points of the text.</summary>
    public int TextLength { get; init; }
    /// <summary>Links in the text.</summary>
    public int LinkCount { get; init; }
    /// <summary>Whether it answers another post.</summary>
    public bool IsReply { get; init; }
    /// <summary>The media in the order of the post.</summary>
    public ImmutableArray<string> MediaIds { get; init; } = [];
}

/// <summary>A passage of the text.</summary>
/// <param name="Category">The harm whose score it raised.</param>
/// <param name="Start">First Unicode code point, from 0.</param>
/// <param name="End">One past the last code point.</param>
public sealed record TextSpan(HarmCategory Category, int Start, int End);

/// <summary>What text-classify says.</summary>
public sealed record TextSignal
{
    /// <summary>Whether the scores can be used.</summary>
    public required SignalStatus Status { get; init; }
    /// <summary>The model.</summary>
    public string ModelVersion { get; init; } = "";
    /// <summary>The language found, BCP 47.</summary>
    public string Language { get; init; } = "und";
    /// <summary>The model has no competence in this language: scores are not usable, and the post is not queued for it.</summary>
    public bool OutOfDomain { get; init; }
    /// <summary>Calibrated probabilities.</summary>
    public CategoryScores Scores { get; init; } = CategoryScores.Empty;
    /// <summary>The passages that made the scores.</summary>
    public ImmutableArray<TextSpan> Spans { get; init; } = [];
    /// <summary>The entries of lists that the text contains, at most 32; also in languages without scores.</summary>
    public ImmutableArray<TextListHit> ListHits { get; init; } = [];
}

/// <summary>An entry of a list that the text contains.</summary>
/// <param name="EntryId">The entry; rules can't read it, so that none can single an entry out.</param>
/// <param name="Category">The harm that it stands for.</param>
/// <param name="Kind">TERM, REGEX, HOST or LINK.</param>
/// <param name="IsShared">Whether it holds for all tenants.</param>
public sealed record TextListHit(string EntryId, HarmCategory Category, string Kind, bool IsShared);

/// <summary>Calibrated probabilities by category. Immutable.</summary>
public sealed class CategoryScores
{
    private readonly double[] _values;

    private CategoryScores(double[] values) => _values = values;

    /// <summary>No score at all.</summary>
    public static CategoryScores Empty { get; } = Of([]);

    /// <summary>The scores given; the last one counts for a category that is named twice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A score is not in 0..1, or its category has no classifier.</exception>
    public static CategoryScores Of(IEnumerable<KeyValuePair<HarmCategory, double>> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var values = new double[TaxonomyNames.Categories.Length + 1];
        Array.Fill(values, double.NaN);
        foreach (var (category, score) in scores)
        {
            if (!IsScored(category))
                throw new ArgumentOutOfRangeException(nameof(scores), category, "there is no score for this category");
            if (!(score >= 0 && score <= 1))
                throw new ArgumentOutOfRangeException(nameof(scores), score, $"the score of {TaxonomyNames.Of(category)} is not in 0..1");
            values[(int)category] = score;
        }
        return new CategoryScores(values);
    }

    /// <summary>The categories that a text model may score.</summary>
    public static bool IsScored(HarmCategory category) =>
        category is not (HarmCategory.Unspecified or HarmCategory.ChildSexualExploitation or HarmCategory.FalseClaim) && Enum.IsDefined(category);

    /// <summary>The scores by the number of the category, NaN where there is none. Not to be changed.</summary>
    internal double[] Values => _values;

    /// <summary>The score of a category; NaN when there is none.</summary>
    public double this[HarmCategory category] => _values[(int)category];

    /// <summary>Whether there is a score.</summary>
    public bool Has(HarmCategory category) => !double.IsNaN(_values[(int)category]);
}

/// <summary>What media-hash says.</summary>
public sealed record MediaSignal
{
    /// <summary>Whether the matches are complete.</summary>
    public required SignalStatus Status { get; init; }
    /// <summary>The version of the banks.</summary>
    public long BankVersion { get; init; }
    /// <summary>The matches, at most 64.</summary>
    public ImmutableArray<BankMatch> Matches { get; init; } = [];
}

/// <summary>A medium that matches an entry of a bank.</summary>
/// <param name="MediaId">The medium.</param>
/// <param name="BankId">The bank.</param>
/// <param name="EntryId">The entry.</param>
/// <param name="Category">The harm that the entry stands for.</param>
/// <param name="Kind">Which fingerprint matched.</param>
/// <param name="Distance">Differing bits, 0..31 for PDQ; 0 for exact hashes.</param>
/// <param name="Quality">PDQ quality, 0..100; 100 for exact hashes.</param>
public sealed record BankMatch(string MediaId, string BankId, string EntryId, HarmCategory Category, HashKind Kind, int Distance, int Quality)
{
    /// <summary>The match as evidence says it. The index by evidence reads bank and entry from it.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"bank={BankId} entry={EntryId} kind={PolicyVariables.HashKindName(Kind)} distance={Distance} quality={Quality}");
}

/// <summary>What claim matching says.</summary>
public sealed record ClaimSignal
{
    /// <summary>No claim matching took place.</summary>
    public static ClaimSignal None { get; } = new() { Status = SignalStatus.NotApplicable };
    /// <summary>Whether the matches are complete.</summary>
    public required SignalStatus Status { get; init; }
    /// <summary>The claims that the text repeats, at most 16.</summary>
    public ImmutableArray<ClaimMatch> Matches { get; init; } = [];
}

/// <summary>A claim, rated false by a published fact-check, that the text repeats.</summary>
/// <param name="ClaimId">The claim.</param>
/// <param name="Similarity">How near, 0..1.</param>
public sealed record ClaimMatch(string ClaimId, double Similarity);

/// <summary>What is known about the account; what is not known is null, and rules that read it don't fire.</summary>
public sealed record AccountFacts
{
    /// <summary>Posts in the last minute, hour and 24 hours, this one included.</summary>
    public AccountCounters? Counters { get; init; }
    /// <summary>How old the account is.</summary>
    public TimeSpan? Age { get; init; }
}

/// <summary>Posts of the account, this one included.</summary>
/// <param name="Posts1m">In the last minute.</param>
/// <param name="Posts1h">In the last hour.</param>
/// <param name="Posts1d">In the last 24 hours.</param>
/// <param name="Posts7d">In the last 7 days; 0: not counted.</param>
/// <param name="Posts30d">In the last 30 days; 0: not counted.</param>
public sealed record AccountCounters(long Posts1m, long Posts1h, long Posts1d, long Posts7d = 0, long Posts30d = 0);

/// <summary>What was counted about what the post holds, this post included.</summary>
/// <param name="Same">Posts with the same text and media; null when it has neither.</param>
/// <param name="Hosts">Posts with a link to the same host; null when it has no link.</param>
public sealed record ContentFacts(WindowCounts? Same, WindowCounts? Hosts);

/// <summary>Distinct posts and accounts in the last hour, 24 hours and 30 days.</summary>
/// <param name="Posts1h">Posts in the last hour.</param>
/// <param name="Posts1d">Posts in the last 24 hours.</param>
/// <param name="Posts30d">Posts in the last 30 days.</param>
/// <param name="Accounts1h">Accounts in the last hour.</param>
/// <param name="Accounts1d">Accounts in the last 24 hours.</param>
/// <param name="Accounts30d">Accounts in the last 30 days.</param>
public sealed record WindowCounts(long Posts1h, long Posts1d, long Posts30d, long Accounts1h, long Accounts1d, long Accounts30d)
{
    /// <summary>Nothing counted.</summary>
    public static WindowCounts None { get; } = new(0, 0, 0, 0, 0, 0);
}
