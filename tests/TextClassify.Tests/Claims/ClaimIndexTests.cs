using System.Text.Json;
using Moderation.TextClassify.Claims;
using Xunit;

namespace Moderation.TextClassify.Tests.Claims;

public sealed class ClaimIndexTests
{
    private static FactCheck Check(string claim, string title = "", string site = "factcheck.example", string rating = "False", string? address = null) =>
        new(claim, title, site, "", rating, address ?? $"https://{site}/{claim.GetHashCode(StringComparison.Ordinal):x}", "en", null);

    private static readonly ClaimIndex Index = new(
    [
        Check("Drinking salt water every morning cures the flu within two days.", "Does salt water cure the flu?"),
        Check("The mayor of Springfield secretly sold the city's water supply to a foreign company.", "Did the mayor sell the water supply?"),
        Check("Eating three bananas a day prevents hair loss in adults.", "Bananas against hair loss?"),
        Check("A new law bans all bicycles from city centres from March on.", "Are bicycles banned?"),
        Check("Scientists found a second moon that orbits the earth every nine days.", "Does the earth have a second moon?"),
        .. Enumerable.Range(0, 200).Select(i => Check($"Filler claim number {i} says that thing{i} happened in place{i % 17} to person{i % 23}.")),
    ]);

    [Theory]
    [InlineData("They don't want you to know: drinking salt water every morning cures flu in two days!!!", "salt water")]
    [InlineData("RT @anon: Mayor of #Springfield secretly SOLD our water supply to some foreign company https://t.co/abc", "Springfield")]
    [InlineData("new law bans all bicycles from city centers starting in march, unbelievable", "bicycles")]
    public void Match_repeatedClaim_isFirstAndLikely(string text, string claim)
    {
        var best = Index.Match(text, 5)[0];
        Assert.Contains(claim, best.Check.Claim, StringComparison.Ordinal);
        Assert.InRange(best.Probability, 0.85f, 1);
    }

    [Theory]
    [InlineData("I love walking by the water in the morning, it cures my bad mood")]
    [InlineData("The mayor opened a new park in the city today and everybody came")]
    [InlineData("We had bananas and salt crackers for lunch")]
    [InlineData("What a goal in the last minute, unbelievable match tonight")]
    public void Match_sameTopicOtherClaim_staysBelowTheThreshold(string text) => Assert.All(Index.Match(text, 5), m => Assert.True(m.Probability < 0.85f));

    [Theory]
    [InlineData("")]
    [InlineData("ok then")]
    [InlineData("🤷🤷🤷")]
    public void Match_textWithoutWords_findsNothing(string text) => Assert.Empty(Index.Match(text, 5));

    [Fact]
    public void Match_probabilities_neverRiseDownTheList()
    {
        var matches = Index.Match("salt water and bananas and a second moon and bicycles in the city", 16);
        Assert.True(matches.Count > 2);
        for (var i = 1; i < matches.Count; i++) Assert.True(matches[i].Probability <= matches[i - 1].Probability);
    }

    [Fact]
    public void Match_noClaims_findsNothing() => Assert.Empty(new ClaimIndex([]).Match("drinking salt water cures the flu", 5));

    [Fact]
    public void Read_claimReviews_whereverTheyLie()
    {
        const string json = """
            {"@context": "https://schema.org", "@graph": [
              {"@type": "WebPage", "name": "A page"},
              {"@type": "ClaimReview", "claimReviewed": " Salt water cures the flu. ", "url": "https://www.factcheck.example/a", "datePublished": "2030-01-31",
               "author": {"@type": "Organization", "name": "Fact Check", "url": "https://www.factcheck.example/"},
               "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "Mostly false"}},
              {"@type": ["Review", "ClaimReview"], "claimReviewed": "Bananas prevent hair loss.", "url": "https://other.example/b", "author": [{"name": "Other"}],
               "reviewRating": {"ratingValue": "1", "bestRating": "5", "worstRating": "1"}},
              {"dataFeedElement": [{"item": [{"@type": "ClaimReview", "claimReviewed": "Third.", "url": "https://third.example/c", "reviewRating": {"ratingValue": 4, "bestRating": 5}}]}]}
            ]}
            """;
        var checks = ClaimReviewReader.Read(json);
        Assert.Equal(
            [
                ("Salt water cures the flu.", "factcheck.example", "Fact Check", "Mostly false"), ("Bananas prevent hair loss.", "other.example", "Other", "False"),
                ("Third.", "third.example", "", "4 of 5"),
            ],
            checks.Select(c => (c.Claim, c.PublisherSite, c.PublisherName, c.Rating)));
        Assert.Equal(new DateTimeOffset(2030, 1, 31, 0, 0, 0, TimeSpan.Zero), checks[0].ReviewTime);
        Assert.All(checks, c => Assert.Empty(FactCheckRules.Check(c)));
        Assert.Equal(checks.Select(c => c.ClaimId), ClaimReviewReader.Read(json).Select(c => c.ClaimId));
    }

    [Theory]
    [InlineData("{\"@type\": \"ClaimReview\"")]
    [InlineData("<html>")]
    public void Read_noJson_saysSo(string text) => Assert.ThrowsAny<JsonException>(() => ClaimReviewReader.Read(text));

    [Theory]
    [InlineData("https://www.factcheck.example/a", "factcheck.example")]
    [InlineData("http://ab\ufdfa.x/c", "")]
    [InlineData("no address", "")]
    public void SiteOf_anyAddress_isItsHostOrNothing(string address, string expected) => Assert.Equal(expected, ClaimReviewReader.SiteOf(address));

    [Fact]
    public void Check_allThatIsWrong_isNamedAtOnce() => Assert.Equal(
        ["claim", "publisher_site", "rating", "address"],
        FactCheckRules.Check(new FactCheck(" ", "", "nowhere", "", "", "ftp://x", "", null)).Select(e => e.Field));

    [Theory]
    [InlineData("factcheck.example", "FALSE.", true)]
    [InlineData("www.factcheck.example", "Pants on Fire!", true)]
    [InlineData("es.factcheck.example", "Falso", true)]
    [InlineData("factcheck.example", "Half true", false)]
    [InlineData("factcheck.example", "Missing context", false)]
    [InlineData("factcheck.example", "True", false)]
    [InlineData("notfactcheck.example", "False", false)]
    [InlineData("strict.example", "False", false)]
    [InlineData("strict.example", "Nonsense", true)]
    public void Counts_onlyListedPublishersAndRatingsThatMeanFalse(string site, string rating, bool expected)
    {
        var publishers = new PublisherList([new ClaimPublisher("factcheck.example", []), new ClaimPublisher("strict.example", ["nonsense"])]);
        Assert.Equal(expected, publishers.Counts(Check("A claim.", site: site, rating: rating)));
    }
}
