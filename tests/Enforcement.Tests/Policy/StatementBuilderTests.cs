using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CsCheck;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

public sealed class StatementBuilderTests
{
    private static readonly string[] Languages = ["en", "zh", "es", "ar"];

    /// <summary>What no author may read: scores, distances, banks, entries and thresholds of the outcomes below.</summary>
    private static readonly string[] Forbidden = ["0.98765", "98765", "bank-7731", "7731", "entry-9917", "9917", "0.91919", "91919", "claim-5533", "PDQ", "t.hate", "text.score"];

    public static TheoryData<HarmCategory, MeasureKind> Allowed()
    {
        var data = new TheoryData<HarmCategory, MeasureKind>();
        foreach (var category in TaxonomyNames.Categories)
        {
            foreach (var measure in TaxonomyNames.Measures.Where(m => MeasureMatrix.IsRestrictive(m) && MeasureMatrix.IsAutomatic(m)))
            {
                if (MeasureMatrix.Check(category, measure, BasisOf(category), Decider.Automatic) is null)
                    data.Add(category, measure);
            }
        }
        return data;
    }

    private static EvidenceBasis BasisOf(HarmCategory category) => category switch
    {
        HarmCategory.ChildSexualExploitation => EvidenceBasis.MediaMatch,
        HarmCategory.FalseClaim => EvidenceBasis.ClaimMatch,
        _ => EvidenceBasis.TextScore,
    };

    private static PolicyOutcome Outcome(HarmCategory category, MeasureKind measure)
    {
        var clause = DefaultPolicy.Policy.Clauses.Values.Single(c => c.Category == category);
        ImmutableArray<EvidenceItem> evidence =
        [
            new("text.score.x", "0.98765", [new TextSpan(category, 11, 25)]),
            new("t.threshold", "0.91919", []),
            new("media.match", "bank=bank-7731 entry=entry-9917 kind=PDQ distance=29 quality=87", [], "m2", 2),
            new("claims.match", "claim=claim-5533 similarity=0.91919", []),
        ];
        return new PolicyOutcome
        {
            PolicyVersion = "default@1",
            Verdict = Verdict.Measures,
            Fired = [new FiredRule("rule.x", clause.Id, clause.Title, category, [measure], 3, BasisOf(category), evidence)],
            Measures = [new AppliedMeasure(measure, category, "rule.x", clause.Id, 3, ["rule.x"])],
            ReviewReasons = [],
            Notes = [],
        };
    }

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Build_explains_every_allowed_measure_and_gives_nothing_away(HarmCategory category, MeasureKind measure)
    {
        foreach (var language in Languages)
        {
            var outcome = Outcome(category, measure);

            var statement = StatementBuilder.Build(outcome, DefaultPolicy.Policy, language, Inputs.Now);
            var notice = NoticeBuilder.Build(outcome, DefaultPolicy.Policy, language, Inputs.Now);

            Assert.NotNull(statement);
            Assert.NotNull(notice);
            var item = Assert.Single(statement.Items);
            Assert.Equal(language, statement.Language);
            Assert.Equal((measure, category), (item.Measure, item.Category));
            Assert.Equal(DefaultPolicy.Policy.Clauses[item.ClauseId].In(language).Text, item.ClauseText);
            Assert.True(statement.AutomatedDetection && statement.AutomatedDecision);
            Assert.Equal(new DateTimeOffset(2026, 9, 1, 10, 0, 0, TimeSpan.Zero), statement.AppealEnd);
            var everything = string.Join("\n", item.ClauseTitle, item.ClauseText, item.Facts, statement.Redress, notice.Title, notice.Body);
            Assert.All(Forbidden, secret => Assert.DoesNotContain(secret, everything, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotMatch(@"0[.,]\d|\b(29|87)\b|\{\d\}", everything);
            Assert.Contains("2026-09-01", everything, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Build_gives_a_statement_and_a_notice_exactly_for_restrictive_outcomes()
    {
        Inputs.Any.Sample(
            input =>
            {
                var outcome = PolicyEngine.Decide(input, DefaultPolicy.Policy);
                var statement = StatementBuilder.Build(outcome, DefaultPolicy.Policy, "es-MX", input.Now);
                var notice = NoticeBuilder.Build(outcome, DefaultPolicy.Policy, "es-MX", input.Now);
                return outcome.IsRestrictive == statement is not null && outcome.IsRestrictive == notice is not null
                    && (statement is null || statement.Items.Select(i => i.Measure).SequenceEqual(outcome.Measures.Select(m => m.Kind)));
            },
            iter: 1000, threads: 1);
    }

    [Fact]
    public void Build_names_no_recorded_value_of_any_outcome()
    {
        Inputs.Any.Sample(
            input =>
            {
                var outcome = PolicyEngine.Decide(input, DefaultPolicy.Policy);
                if (NoticeBuilder.Build(outcome, DefaultPolicy.Policy, "en", input.Now) is not { } notice)
                    return true;
                return !Regex.IsMatch(notice.Body, @"0\.\d|7731|9917|claim-\d");
            },
            iter: 1000, threads: 1);
    }

    [Theory]
    [InlineData("pt-BR", "en")]
    [InlineData("zh-Hant-TW", "zh")]
    [InlineData("ES", "es")]
    [InlineData("", "en")]
    [InlineData(null, "en")]
    public void Build_writes_in_the_authors_language_or_in_English(string? asked, string written)
    {
        var statement = StatementBuilder.Build(Outcome(HarmCategory.Hate, MeasureKind.HoldForReview), DefaultPolicy.Policy, asked, Inputs.Now);

        Assert.Equal(written, statement?.Language);
    }

    [Fact]
    public void Build_names_the_passage_the_picture_and_who_decided()
    {
        string Facts(HarmCategory category, DecisionOrigin? origin = null) =>
            StatementBuilder.Build(Outcome(category, MeasureKind.Label), DefaultPolicy.Policy, "en", Inputs.Now, origin)?.Items[0].Facts ?? "";

        Assert.Equal("The text of your post (characters 12–25) appears to fall under “hate”. This was found by automated means. No person took part in this decision.",
            Facts(HarmCategory.Hate));
        Assert.StartsWith("Picture or video 2 of your post", Facts(HarmCategory.ChildSexualExploitation), StringComparison.Ordinal);
        Assert.Contains("You are not alone.", Facts(HarmCategory.SelfHarm), StringComparison.Ordinal);
        Assert.EndsWith("A person took this decision.", Facts(HarmCategory.Hate, new DecisionOrigin(true, false)), StringComparison.Ordinal);
    }

    [Fact]
    public void Phrases_are_complete_in_every_language()
    {
        Assert.Equal(Languages.Order(), Phrases.Languages.Keys.Order());
        Assert.All(Phrases.Languages.Values, phrases => Assert.Equal([], Phrases.Keys.Where(k => !phrases.Has(k))));
    }
}
