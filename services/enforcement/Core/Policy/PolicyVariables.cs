using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Moderation.Enforcement.Cel;

namespace Moderation.Enforcement;

/// <summary>The inputs that may be missing, as bits. A rule that reads a missing one does not fire.</summary>
internal static class PolicyInputs
{
    public const ulong Media = 1;
    public const ulong Claims = 2;
    public const ulong Counters = 4;
    public const ulong Age = 8;
    public const ulong Post = 16;

    /// <summary>There is at least one match of media.</summary>
    public const ulong AnyMatch = 32;

    /// <summary>There is at least one match of a claim.</summary>
    public const ulong AnyClaim = 64;

    /// <summary>All score bits.</summary>
    public const ulong Scores = 0xFFFF_0000;

    public static ulong Score(HarmCategory category) => 1UL << (16 + (int)category);

    /// <summary>A medium matches an entry of this harm.</summary>
    public static ulong MatchOf(HarmCategory category) => 1UL << (40 + (int)category);

    /// <summary>What a condition that needs these inputs rests on.</summary>
    public static EvidenceBasis Basis(ulong requires) =>
        ((requires & Scores) != 0 ? EvidenceBasis.TextScore : 0)
        | ((requires & Media) != 0 ? EvidenceBasis.MediaMatch : 0)
        | ((requires & Claims) != 0 ? EvidenceBasis.ClaimMatch : 0)
        | ((requires & (Counters | Age)) != 0 ? EvidenceBasis.AccountFacts : 0)
        | ((requires & Post) != 0 ? EvidenceBasis.PostFacts : 0);

    /// <summary>The inputs that are there.</summary>
    public static ulong Present(PolicyInput input)
    {
        var present = Post;
        if (input.Media.Status == SignalStatus.Available)
        {
            present |= Media;
            foreach (var match in input.Media.Matches)
                present |= AnyMatch | MatchOf(match.Category);
        }
        if (input.Claims.Status == SignalStatus.Available)
            present |= input.Claims.Matches.Length > 0 ? Claims | AnyClaim : Claims;
        if (input.Account.Counters is not null)
            present |= Counters;
        if (input.Account.Age is not null)
            present |= Age;
        if (input.Text is { Status: SignalStatus.Available, OutOfDomain: false })
        {
            foreach (var category in TaxonomyNames.Categories)
                present |= input.Text.Scores.Has(category) ? Score(category) : 0;
        }
        return present;
    }
}

/// <summary>The activation of a policy's conditions: the input in the shapes that the language reads without allocating.</summary>
internal sealed class PolicyVariables
{
    private readonly CelObjectList<BankMatch> _matches = new([]);
    private readonly CelObjectList<ClaimMatch> _claims = new([]);

    public PolicyVariables(PolicyInput input)
    {
        Input = input;
        Point(input);
    }

    public PolicyInput Input { get; private set; }

    public CelTimestamp Now { get; private set; }

    public CelList Matches => _matches;

    public CelList Claims => _claims;

    public CelDuration Age { get; private set; }

    /// <summary>Turns to another input. The lists are turned with it, so no value of a list may be kept from one input to the next.</summary>
    public void Point(PolicyInput input)
    {
        Input = input;
        Now = CelTimestamp.Of(input.Now);
        Age = CelDuration.Of(input.Account.Age ?? TimeSpan.Zero);
        _matches.Items = Items(input.Media.Status, input.Media.Matches);
        _claims.Items = Items(input.Claims.Status, input.Claims.Matches);
    }

    private static T[] Items<T>(SignalStatus status, ImmutableArray<T> matches) =>
        status == SignalStatus.Available ? ImmutableCollectionsMarshal.AsArray(matches) ?? [] : [];

    private static readonly CelObjectType ScoreType = DeclareScores();

    private static readonly CelObjectType MatchType = CelObjectType.Declare<BankMatch>("match", fields => fields
        .Field("bank", m => m.BankId)
        .Field("category", m => TaxonomyNames.Of(m.Category))
        .Field("kind", m => HashKindName(m.Kind))
        .Field("distance", m => (long)m.Distance)
        .Field("quality", m => (long)m.Quality));

    private static readonly CelObjectType ClaimType = CelObjectType.Declare<ClaimMatch>("claim", fields => fields
        .Field("id", c => c.ClaimId)
        .Field("similarity", c => c.Similarity));

    private static readonly CelObjectType TextType = CelObjectType.Declare<TextSignal>("text", fields => fields
        .Field("available", t => t.Status == SignalStatus.Available)
        .Field("out_of_domain", t => t.OutOfDomain)
        .Field("language", t => t.Language)
        .Field("score", t => t.Scores, ScoreType.Type));

    private static readonly CelObjectType MediaType = CelObjectType.Declare<PolicyVariables>("media", fields => fields
        .Field("available", v => v.Input.Media.Status == SignalStatus.Available)
        .Field("matches", v => v.Matches, CelType.List(MatchType.Type), maxSize: 64, requires: PolicyInputs.Media));

    private static readonly CelObjectType ClaimsType = CelObjectType.Declare<PolicyVariables>("claims", fields => fields
        .Field("available", v => v.Input.Claims.Status == SignalStatus.Available)
        .Field("matches", v => v.Claims, CelType.List(ClaimType.Type), maxSize: 16, requires: PolicyInputs.Claims));

    private static readonly CelObjectType PostType = CelObjectType.Declare<PostFacts>("post", fields => fields
        .Field("revision", p => p.Revision, requires: PolicyInputs.Post)
        .Field("language", p => p.Language, requires: PolicyInputs.Post)
        .Field("text_length", p => (long)p.TextLength, requires: PolicyInputs.Post)
        .Field("link_count", p => (long)p.LinkCount, requires: PolicyInputs.Post)
        .Field("media_count", p => (long)p.MediaIds.Length, requires: PolicyInputs.Post)
        .Field("is_reply", p => p.IsReply, requires: PolicyInputs.Post));

    private static readonly CelObjectType AccountType = CelObjectType.Declare<PolicyVariables>("account", fields => fields
        .Field("posts_1m", v => v.Input.Account.Counters == null ? 0L : v.Input.Account.Counters.Posts1m, requires: PolicyInputs.Counters)
        .Field("posts_1h", v => v.Input.Account.Counters == null ? 0L : v.Input.Account.Counters.Posts1h, requires: PolicyInputs.Counters)
        .Field("posts_1d", v => v.Input.Account.Counters == null ? 0L : v.Input.Account.Counters.Posts1d, requires: PolicyInputs.Counters)
        .Field("age", v => v.Age, present: v => v.Input.Account.Age != null, requires: PolicyInputs.Age));

    /// <summary>What every policy can use, before its own constants.</summary>
    private static readonly FrozenSet<string> Names = TaxonomyNames.Categories.Select(TaxonomyNames.Of)
        .Concat(new[] { HashKind.Pdq, HashKind.Sha256, HashKind.Md5, HashKind.Sha1, HashKind.Vpdq }.Select(HashKindName)).ToFrozenSet(StringComparer.Ordinal);

    public static CelEnvironment<PolicyVariables> Environment { get; } = Declare();

    private static CelEnvironment<PolicyVariables> Declare()
    {
        var environment = new CelEnvironment<PolicyVariables>()
            .Variable("now", v => v.Now)
            .Variable("text", v => v.Input.Text, TextType.Type)
            .Variable("media", v => v, MediaType.Type)
            .Variable("claims", v => v, ClaimsType.Type)
            .Variable("post", v => v.Input.Post, PostType.Type)
            .Variable("account", v => v, AccountType.Type);
        // Names of categories and fingerprints as constants, so that a misspelt one is an error and not a rule that never fires.
        foreach (var name in Names)
            environment.Constant(name, CelValue.Of(name));
        return environment;
    }

    /// <summary>Whether a path is such a name: it says nothing about a post, so it is no evidence.</summary>
    public static bool IsName(string path) => Names.Contains(path);

    private static CelObjectType DeclareScores() => CelObjectType.Declare<CategoryScores>("text.score", fields =>
    {
        foreach (var category in TaxonomyNames.Categories.Where(CategoryScores.IsScored))
        {
            fields.Field(ScoreName(category), s => s[category], present: s => s.Has(category), requires: PolicyInputs.Score(category));
        }
    });

    public static string ScoreName(HarmCategory category) => TaxonomyNames.Of(category).ToLowerInvariant();

    public static string HashKindName(HashKind kind) => kind switch
    {
        HashKind.Pdq => "PDQ",
        HashKind.Sha256 => "SHA256",
        HashKind.Md5 => "MD5",
        HashKind.Sha1 => "SHA1",
        HashKind.Vpdq => "VPDQ",
        _ => "UNSPECIFIED",
    };
}
