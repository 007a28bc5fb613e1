using System.Collections.Immutable;
using CsCheck;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>Inputs for tests: named ones, and any that the services could send.</summary>
internal static class Inputs
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    public static readonly ImmutableArray<HarmCategory> Scored = [.. TaxonomyNames.Categories.Where(CategoryScores.IsScored)];

    public static PolicyInput Plain => new()
    {
        Now = Now,
        Post = new PostFacts { TenantId = "tenant", PostId = "post", AccountId = "account", TextLength = 200, LinkCount = 1, MediaIds = ["m1", "m2"] },
        Text = new TextSignal { Status = SignalStatus.Available, Language = "en", Scores = Scores(_ => 0.01) },
        Media = new MediaSignal { Status = SignalStatus.Available },
        Claims = new ClaimSignal { Status = SignalStatus.Available },
        Account = new AccountFacts { Counters = new AccountCounters(1, 2, 3), Age = TimeSpan.FromDays(30) },
    };

    public static CategoryScores Scores(Func<HarmCategory, double> score) => CategoryScores.Of(Scored.Select(c => KeyValuePair.Create(c, score(c))));

    public static PolicyInput WithScore(this PolicyInput input, HarmCategory category, double score) =>
        input with { Text = input.Text with { Scores = Scores(c => c == category ? score : input.Text.Scores[c]) } };

    private static readonly Gen<SignalStatus> Status = Gen.OneOf(
        SignalStatus.Available, SignalStatus.Available, SignalStatus.Unavailable, SignalStatus.NotApplicable, SignalStatus.Unspecified);

    private static readonly Gen<BankMatch> Match =
        from medium in Gen.Int[0, 1]
        from category in Gen.Int[1, 9]
        from kind in Gen.Int[1, 3]
        from distance in Gen.Int[0, 31]
        from quality in Gen.Int[0, 100]
        select new BankMatch($"m{medium + 1}", "bank-7731", "entry-9917", (HarmCategory)category, (HashKind)kind, distance, quality);

    /// <summary>Any input, with high scores as often as low ones.</summary>
    public static readonly Gen<PolicyInput> Any =
        from textStatus in Status
        from mediaStatus in Status
        from claimStatus in Status
        from outOfDomain in Gen.Bool
        from scores in Gen.Double[0, 1].Select(x => Math.Sqrt(x)).Array[Scored.Length]
        from matches in Match.Array[0, 3]
        from similarity in Gen.Double[0, 1].Array[0, 2]
        from posts in Gen.Long[1, 60]
        from known in Gen.Bool
        select Plain with
        {
            Text = new TextSignal
            {
                Status = textStatus,
                OutOfDomain = outOfDomain,
                Scores = Scores(c => scores[Scored.IndexOf(c)]),
                Spans = [new TextSpan(HarmCategory.Hate, 10, 25)],
            },
            Media = new MediaSignal { Status = mediaStatus, Matches = [.. matches] },
            Claims = new ClaimSignal { Status = claimStatus, Matches = [.. similarity.Select((s, i) => new ClaimMatch($"claim-{i}", s))] },
            Account = known ? new AccountFacts { Counters = new AccountCounters(posts, posts, posts), Age = TimeSpan.FromDays(3) } : new AccountFacts(),
        };
}
