using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Linq.Expressions;
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
    public const ulong Lists = 32;
    public const ulong LongCounters = 64;
    public const ulong SameContent = 128;
    public const ulong LinkHosts = 256;

    /// <summary>There is at least one match of media.</summary>
    public const ulong AnyMatch = 1UL << 36;

    /// <summary>There is at least one match of a claim.</summary>
    public const ulong AnyClaim = 1UL << 37;

    /// <summary>All score bits.</summary>
    public const ulong Scores = 0xFFFF_0000;

    public static ulong Score(HarmCategory category) => 1UL << (16 + (int)category);

    /// <summary>A medium matches an entry of this harm.</summary>
    public static ulong MatchOf(HarmCategory category) => 1UL << (40 + (int)category);

    /// <summary>What a condition that needs these inputs rests on.</summary>
    public static EvidenceBasis Basis(ulong requires) =>
        ((requires & (Scores | Lists)) != 0 ? EvidenceBasis.TextScore : 0)
        | ((requires & Media) != 0 ? EvidenceBasis.MediaMatch : 0)
        | ((requires & Claims) != 0 ? EvidenceBasis.ClaimMatch : 0)
        | ((requires & (Counters | Age | LongCounters | SameContent | LinkHosts)) != 0 ? EvidenceBasis.AccountFacts : 0)
        | ((requires & Post) != 0 ? EvidenceBasis.PostFacts : 0);

    /// <summary>The inputs in words.</summary>
    public static IEnumerable<string> Names(ulong bits)
    {
        foreach (var (bit, name) in new[]
        {
            (Media, "media.matches"), (Claims, "claims.matches"), (Counters, "account.posts"), (Age, "account.age"), (Post, "post"),
            (Lists, "lists.hits"), (LongCounters, "account.posts_30d"), (SameContent, "content"), (LinkHosts, "links"),
        })
        {
            if ((bits & bit) != 0)
                yield return name;
        }
        foreach (var category in TaxonomyNames.Categories.Where(c => (bits & Score(c)) != 0))
            yield return "text.score." + PolicyVariables.ScoreName(category);
    }

    /// <summary>
    /// The inputs that nobody knows: not recorded, or not to be had at the time. Not those of which there was nothing, such as the scores of a
    /// post without text: without them a rule does not fire, and that is known.
    /// </summary>
    public static ulong Unknown(PolicyInput input) =>
        (input.Account.Counters is null ? Counters : 0)
        | (input.Account.Age is null ? Age : 0)
        | (input.Account.Counters is { Posts30d: > 0 } ? 0 : LongCounters)
        | (input.Content is null ? SameContent | LinkHosts : 0)
        | (IsUnknown(input.Text.Status) ? Scores | Lists : 0)
        | (IsUnknown(input.Media.Status) ? Media : 0)
        | (IsUnknown(input.Claims.Status) ? Claims : 0);

    private static bool IsUnknown(SignalStatus status) => status is SignalStatus.Unavailable or SignalStatus.Unspecified;

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
        if (input.Account.Counters is { } counters)
            present |= counters.Posts30d > 0 ? Counters | LongCounters : Counters;
        if (input.Content is { } content)
            present |= (content.Same is null ? 0 : SameContent) | (content.Hosts is null ? 0 : LinkHosts);
        if (input.Account.Age is not null)
            present |= Age;
        if (input.Text.Status == SignalStatus.Available)
            present |= Lists;
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
    // Fields, not a walk through the input: conditions read them again and again, and each step of a path is code in every rule.
    internal readonly CelObjectList<BankMatch> Matches = new([]);
    internal readonly CelObjectList<ClaimMatch> Claims = new([]);
    internal readonly CelObjectList<TextListHit> ListHits = new([]);
    internal double[] Scores = [];
    internal CelTimestamp Now;
    internal CelDuration Age;
    internal bool HasAge;
    internal long Posts1m;
    internal long Posts1h;
    internal long Posts1d;
    internal long Posts7d;
    internal long Posts30d;
    internal WindowCounts Same = WindowCounts.None;
    internal WindowCounts Hosts = WindowCounts.None;
    internal bool TextAvailable;
    internal bool MediaAvailable;
    internal bool ClaimsAvailable;
    internal bool OutOfDomain;
    internal string TextLanguage = "";
    internal long Revision;
    internal string PostLanguage = "";
    internal long TextLength;
    internal long LinkCount;
    internal long MediaCount;
    internal bool IsReply;

    public PolicyVariables(PolicyInput input)
    {
        Input = input;
        Point(input);
    }

    public PolicyInput Input { get; private set; }

    /// <summary>Turns to another input. The lists are turned with it, so no value of a list may be kept from one input to the next.</summary>
    public void Point(PolicyInput input)
    {
        Input = input;
        Now = CelTimestamp.Of(input.Now);
        TextAvailable = input.Text.Status == SignalStatus.Available;
        OutOfDomain = input.Text.OutOfDomain;
        TextLanguage = input.Text.Language;
        Scores = input.Text.Scores.Values;
        MediaAvailable = input.Media.Status == SignalStatus.Available;
        Matches.Items = MediaAvailable ? ImmutableCollectionsMarshal.AsArray(input.Media.Matches) ?? [] : [];
        ClaimsAvailable = input.Claims.Status == SignalStatus.Available;
        Claims.Items = ClaimsAvailable ? ImmutableCollectionsMarshal.AsArray(input.Claims.Matches) ?? [] : [];
        ListHits.Items = TextAvailable ? ImmutableCollectionsMarshal.AsArray(input.Text.ListHits) ?? [] : [];
        Same = input.Content?.Same ?? WindowCounts.None;
        Hosts = input.Content?.Hosts ?? WindowCounts.None;
        Point(input.Post);
        Point(input.Account);
    }

    private void Point(PostFacts post)
    {
        Revision = post.Revision;
        PostLanguage = post.Language;
        TextLength = post.TextLength;
        LinkCount = post.LinkCount;
        MediaCount = post.MediaIds.Length;
        IsReply = post.IsReply;
    }

    private void Point(AccountFacts account)
    {
        (Posts1m, Posts1h, Posts1d) = account.Counters is { } counters ? (counters.Posts1m, counters.Posts1h, counters.Posts1d) : (0, 0, 0);
        (Posts7d, Posts30d) = account.Counters is { } longer ? (longer.Posts7d, longer.Posts30d) : (0, 0);
        HasAge = account.Age is not null;
        Age = CelDuration.Of(account.Age ?? TimeSpan.Zero);
    }

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

    private static readonly CelObjectType TextType = CelObjectType.Declare<PolicyVariables>("text", fields => fields
        .Field("available", v => v.TextAvailable)
        .Field("out_of_domain", v => v.OutOfDomain)
        .Field("language", v => v.TextLanguage)
        .Field("score", v => v, ScoreType.Type));

    private static readonly CelObjectType MediaType = CelObjectType.Declare<PolicyVariables>("media", fields => fields
        .Field("available", v => v.MediaAvailable)
        .Field("matches", v => v.Matches, CelType.List(MatchType.Type), maxSize: 64, requires: PolicyInputs.Media));

    private static readonly CelObjectType ClaimsType = CelObjectType.Declare<PolicyVariables>("claims", fields => fields
        .Field("available", v => v.ClaimsAvailable)
        .Field("matches", v => v.Claims, CelType.List(ClaimType.Type), maxSize: 16, requires: PolicyInputs.Claims));

    private static readonly CelObjectType ListHitType = CelObjectType.Declare<TextListHit>("list_hit", fields => fields
        .Field("category", h => TaxonomyNames.Of(h.Category))
        .Field("kind", h => h.Kind)
        .Field("shared", h => h.IsShared));

    private static readonly CelObjectType ListsType = CelObjectType.Declare<PolicyVariables>("lists", fields => fields
        .Field("available", v => v.TextAvailable)
        .Field("hits", v => v.ListHits, CelType.List(ListHitType.Type), maxSize: 32, requires: PolicyInputs.Lists));

    private static readonly CelObjectType PostType = CelObjectType.Declare<PolicyVariables>("post", fields => fields
        .Field("revision", v => v.Revision, requires: PolicyInputs.Post)
        .Field("language", v => v.PostLanguage, requires: PolicyInputs.Post)
        .Field("text_length", v => v.TextLength, requires: PolicyInputs.Post)
        .Field("link_count", v => v.LinkCount, requires: PolicyInputs.Post)
        .Field("media_count", v => v.MediaCount, requires: PolicyInputs.Post)
        .Field("is_reply", v => v.IsReply, requires: PolicyInputs.Post));

    private static readonly CelObjectType AccountType = CelObjectType.Declare<PolicyVariables>("account", fields => fields
        .Field("posts_1m", v => v.Posts1m, requires: PolicyInputs.Counters)
        .Field("posts_1h", v => v.Posts1h, requires: PolicyInputs.Counters)
        .Field("posts_1d", v => v.Posts1d, requires: PolicyInputs.Counters)
        .Field("posts_7d", v => v.Posts7d, requires: PolicyInputs.LongCounters)
        .Field("posts_30d", v => v.Posts30d, requires: PolicyInputs.LongCounters)
        .Field("age", v => v.Age, present: v => v.HasAge, requires: PolicyInputs.Age));

    private static readonly CelObjectType ContentType = CelObjectType.Declare<PolicyVariables>("content", fields => fields
        .Field("posts_1h", v => v.Same.Posts1h, requires: PolicyInputs.SameContent)
        .Field("posts_1d", v => v.Same.Posts1d, requires: PolicyInputs.SameContent)
        .Field("posts_30d", v => v.Same.Posts30d, requires: PolicyInputs.SameContent)
        .Field("accounts_1h", v => v.Same.Accounts1h, requires: PolicyInputs.SameContent)
        .Field("accounts_1d", v => v.Same.Accounts1d, requires: PolicyInputs.SameContent)
        .Field("accounts_30d", v => v.Same.Accounts30d, requires: PolicyInputs.SameContent));

    private static readonly CelObjectType LinksType = CelObjectType.Declare<PolicyVariables>("links", fields => fields
        .Field("posts_1h", v => v.Hosts.Posts1h, requires: PolicyInputs.LinkHosts)
        .Field("posts_1d", v => v.Hosts.Posts1d, requires: PolicyInputs.LinkHosts)
        .Field("posts_30d", v => v.Hosts.Posts30d, requires: PolicyInputs.LinkHosts)
        .Field("accounts_1h", v => v.Hosts.Accounts1h, requires: PolicyInputs.LinkHosts)
        .Field("accounts_1d", v => v.Hosts.Accounts1d, requires: PolicyInputs.LinkHosts)
        .Field("accounts_30d", v => v.Hosts.Accounts30d, requires: PolicyInputs.LinkHosts));

    /// <summary>What every policy can use, before its own constants.</summary>
    private static readonly FrozenSet<string> Names = TaxonomyNames.Categories.Select(TaxonomyNames.Of)
        .Concat(new[] { HashKind.Pdq, HashKind.Sha256, HashKind.Md5, HashKind.Sha1, HashKind.Vpdq }.Select(HashKindName))
        .Concat(["TERM", "REGEX", "HOST", "LINK"]).ToFrozenSet(StringComparer.Ordinal);

    public static CelEnvironment<PolicyVariables> Environment { get; } = Declare();

    private static CelEnvironment<PolicyVariables> Declare()
    {
        var environment = new CelEnvironment<PolicyVariables>()
            .Variable("now", v => v.Now)
            .Variable("text", v => v, TextType.Type)
            .Variable("media", v => v, MediaType.Type)
            .Variable("claims", v => v, ClaimsType.Type)
            .Variable("lists", v => v, ListsType.Type)
            .Variable("post", v => v, PostType.Type)
            .Variable("account", v => v, AccountType.Type)
            .Variable("content", v => v, ContentType.Type)
            .Variable("links", v => v, LinksType.Type);
        // Names of categories and fingerprints as constants, so that a misspelt one is an error and not a rule that never fires.
        foreach (var name in Names)
            environment.Constant(name, CelValue.Of(name));
        return environment;
    }

    /// <summary>Whether a path is such a name: it says nothing about a post, so it is no evidence.</summary>
    public static bool IsName(string path) => Names.Contains(path);

    private static CelObjectType DeclareScores() => CelObjectType.Declare<PolicyVariables>("text.score", fields =>
    {
        foreach (var category in TaxonomyNames.Categories.Where(CategoryScores.IsScored))
        {
            var (variables, index) = (Expression.Parameter(typeof(PolicyVariables), "v"), (int)category);
            // Built by hand: a captured category would be read from its closure each time.
            var score = Expression.ArrayIndex(Expression.Field(variables, nameof(Scores)), Expression.Constant(index));
            fields.Field(ScoreName(category), Expression.Lambda<Func<PolicyVariables, double>>(score, variables),
                present: v => !double.IsNaN(v.Scores[index]), requires: PolicyInputs.Score(category));
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
