using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Video;
using Xunit;

namespace Moderation.MediaHash.Tests.Banks;

public sealed class MatchFilterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static TheoryData<EntryState, int?, bool> States() => new()
    {
        { EntryState.Unspecified, null, true },
        { EntryState.Active, null, true },
        { EntryState.Disabled, null, false },
        { EntryState.Disabled, 1, false },
        { EntryState.Disabled, 0, true },
        { EntryState.Quarantined, null, false },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void Apply_keeps_entries_in_force(EntryState state, int? endsIn, bool isKept)
    {
        var terms = new EntryTerms { State = state, DisableEndTime = endsIn is { } seconds ? Now.AddSeconds(seconds) : null };
        Assert.Equal(isKept ? 1 : 0, Apply(Match(terms)).Matches.Count);
    }

    [Fact]
    public void Apply_keeps_what_is_within_the_entrys_own_radius()
    {
        Assert.Single(Apply(Match(new EntryTerms { MatchRadius = 12 }, distance: 12)).Matches);
        Assert.Empty(Apply(Match(new EntryTerms { MatchRadius = 12 }, distance: 13)).Matches);
    }

    [Fact]
    public void Apply_keeps_entries_that_are_for_the_tenant()
    {
        Assert.Single(Apply(Match(new EntryTerms { TenantIds = ["other", "acme"] })).Matches);
        Assert.Empty(Apply(Match(new EntryTerms { TenantIds = ["other"] })).Matches);
    }

    [Theory]
    [InlineData(80, 0, true)]
    [InlineData(81, 0, false)]
    [InlineData(50, 40, true)]
    [InlineData(50, 41, false)]
    public void Apply_keeps_videos_that_reach_both_shares(int query, int reference, bool isKept)
    {
        var match = Match(new EntryTerms { MinQueryPercent = query, MinReferencePercent = reference }, kind: HashKind.Vpdq)
            with
        { Video = new VideoMatch(new VpdqScore(80, 40), []) };
        Assert.Equal(isKept ? 1 : 0, Apply(match).Matches.Count);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Apply_partial_entry_takes_its_share_of_media_and_always_the_same(double share)
    {
        var terms = new EntryTerms { TrafficShare = share };
        var taken = Enumerable.Range(0, 4000).Where(i => Apply(Match(terms, mediaId: $"m_{i}")).Matches.Count == 1).ToList();
        Assert.InRange(taken.Count / 4000.0, share - 0.03, share + 0.03);
        Assert.All(taken.Take(50), i => Assert.Single(Apply(Match(terms, mediaId: $"m_{i}")).Matches));
    }

    [Theory]
    [InlineData(HashKind.Pdq, HashKind.Pdq, true)]
    [InlineData(HashKind.Pdq, HashKind.Sha256, false)]
    [InlineData(HashKind.Md5, HashKind.Pdq, true)]
    [InlineData(HashKind.Md5, HashKind.Sha256, true)]
    public void Apply_known_good_takes_matches_away_but_exact_ones_only_if_it_is_exact(HashKind negative, HashKind positive, bool isVetoed)
    {
        var (matches, vetoed) = Apply(Match(EntryTerms.Default, kind: positive), Match(new EntryTerms { IsNegative = true }, kind: negative));
        Assert.Equal((isVetoed ? 0 : 1, isVetoed ? 1 : 0), (matches.Count, vetoed));
    }

    [Fact]
    public void Apply_known_good_of_another_category_or_out_of_force_takes_nothing_away()
    {
        var other = Match(new EntryTerms { IsNegative = true });
        other = other with { Entry = other.Entry with { Category = HarmCategory.SexualContent } };
        var off = Match(new EntryTerms { IsNegative = true, State = EntryState.Disabled });
        var (matches, vetoed) = Apply(Match(EntryTerms.Default), other, off);
        Assert.Equal((1, 0), (matches.Count, vetoed));
    }

    private static (IReadOnlyList<BankMatch> Matches, int Vetoed) Apply(params BankMatch[] found) => MatchFilter.Apply(found, "acme", Now);

    private static BankMatch Match(EntryTerms terms, int distance = 0, HashKind kind = HashKind.Pdq, string mediaId = "m_1") => new(
        mediaId,
        new BankEntry(new BankEntryKey("bank", "e"), HarmCategory.FraudSpam, kind, "", "", "", "", Now) { Terms = terms },
        distance,
        100);
}
