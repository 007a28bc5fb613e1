using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CsCheck;
using Moderation.Enforcement.Tests.Policy;
using Xunit;

namespace Moderation.Enforcement.Tests.Statements;

public sealed class StatementRequestTests
{
    private static readonly string[] Languages = ["en", "zh", "es", "ar"];
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    private static readonly DecisionOrigin[] Origins =
        [DecisionOrigin.Rule, DecisionOrigin.RuleThenPerson, DecisionOrigin.Person, .. Enum.GetValues<DetectionSource>().Select(DecisionOrigin.Reported)];

    private static ExplainedMeasure Measure(MeasureKind kind, HarmCategory category = HarmCategory.Hate, bool ends = true)
    {
        var measure = MeasureCatalogue.Of(kind);
        var clause = DefaultPolicy.Policy.Clauses.Values.Single(c => c.Category == category);
        return new ExplainedMeasure(
            kind, category, clause.Id, null, ends && measure.Term.End != EndRule.None ? Now.AddDays(3) : null, measure.Features.FirstOrDefault(""));
    }

    private static AuthorStatement Build(DecisionOrigin origin, string language, params ReadOnlySpan<ExplainedMeasure> measures) => StatementBuilder.Build(
        new StatementRequest { Measures = [.. measures], Origin = origin, DecidedAt = Now, AuthorLanguage = language }, DefaultPolicy.Policy.Clauses);

    private static string Everything(AuthorStatement statement)
    {
        var notice = NoticeBuilder.Build(statement);
        return string.Join('\n',
            [.. statement.Items.SelectMany(i => new[] { i.ClauseTitle, i.ClauseText, i.Facts }), statement.Redress, notice.Title, notice.Body]);
    }

    [Fact]
    public void Every_measure_of_every_harm_and_origin_is_explained_in_every_language()
    {
        foreach (var language in Languages)
        {
            foreach (var category in TaxonomyNames.Categories)
            {
                foreach (var kind in MeasureCatalogue.All.Select(m => m.Kind))
                {
                    foreach (var origin in Origins)
                    {
                        var measure = Measure(kind, category);
                        var statement = Build(origin, language, measure);
                        var notice = NoticeBuilder.Build(statement);

                        Assert.Equal(language, statement.Language);
                        Assert.Equal((measure.End, measure.Feature), (statement.Items[0].End, statement.Items[0].Feature));
                        Assert.Equal(measure.End is not null, statement.Items[0].Facts.Contains("2026-03-04 10:00 UTC", StringComparison.Ordinal));
                        Assert.Equal((origin.AutomatedDetection, origin.AutomatedDecision), (statement.AutomatedDetection, statement.AutomatedDecision));
                        Assert.Contains("2026-09-01", notice.Body, StringComparison.Ordinal);
                        Assert.DoesNotMatch(@"\{\d\}", Everything(statement));
                    }
                }
            }
        }
    }

    [Fact]
    public void Origins_and_deciders_are_told_apart_in_every_language()
    {
        foreach (var language in Languages)
        {
            var told = Origins.Distinct().Select(o => Build(o, language, Measure(MeasureKind.Remove)).Items[0].Facts).ToList();
            Assert.Equal(told.Count, told.Distinct().Count());
        }
    }

    [Theory]
    [InlineData(DetectionSource.UserReport, "Your post falls under “hate”. A user reported this to us. A person took this decision.")]
    [InlineData(DetectionSource.TrustedFlagger, "Your post falls under “hate”. A trusted flagger reported this to us. A person took this decision.")]
    [InlineData(DetectionSource.AuthorityOrder, "Your post falls under “hate”. An authority's order brought this to our attention. A person took this decision.")]
    [InlineData(DetectionSource.OwnInitiative, "Your post falls under “hate”. This was found by a person. A person took this decision.")]
    public void A_persons_decision_says_what_it_came_from_and_never_who_reported(DetectionSource source, string facts) =>
        Assert.Equal(facts, Build(DecisionOrigin.Reported(source), "en", Measure(MeasureKind.Remove)).Items[0].Facts);

    [Fact]
    public void Account_measures_say_what_is_taken_and_until_when()
    {
        string[] Lines(ExplainedMeasure measure) => NoticeBuilder.Build(Build(DecisionOrigin.Person, "en", measure)).Body.Split('\n');

        Assert.Equal("A function of your account is switched off for a time: posting.", Lines(Measure(MeasureKind.RestrictFeature))[0]);
        Assert.Equal("Your account is suspended for a time.", Lines(Measure(MeasureKind.SuspendAccount))[0]);
        Assert.EndsWith("This ends on 2026-03-04 10:00 UTC.", Lines(Measure(MeasureKind.SuspendAccount))[1], StringComparison.Ordinal);
        Assert.Equal("Your account is suspended until a person lifts the suspension.", Lines(Measure(MeasureKind.SuspendAccount, ends: false))[0]);
        Assert.Equal("About your account: hate", NoticeBuilder.Build(Build(DecisionOrigin.Person, "en", Measure(MeasureKind.SuspendAccount))).Title);
    }

    [Fact]
    public void A_step_of_the_ladder_says_what_it_follows_from_and_when_the_strike_expires()
    {
        foreach (var language in Languages)
        {
            var request = new StatementRequest
            {
                Measures = [Measure(MeasureKind.Remove), Measure(MeasureKind.SuspendAccount) with { FromLadder = true }],
                Origin = DecisionOrigin.Rule,
                DecidedAt = Now,
                AuthorLanguage = language,
                Strike = new ExplainedStrike(3, Now.AddDays(180)),
            };
            var statement = StatementBuilder.Build(request, DefaultPolicy.Policy.Clauses);

            Assert.DoesNotContain("2026-08-28", statement.Items[0].Facts, StringComparison.Ordinal);
            Assert.Matches(@"\b3\b.*2026-08-28.*2026-03-04 10:00 UTC", statement.Items[1].Facts);
        }
        Assert.Contains("By the published rules this follows from the strikes that count against your account; they now weigh 3. "
            + "This strike expires on 2026-08-28.",
            StatementBuilder.Build(new StatementRequest
            {
                Measures = [Measure(MeasureKind.SuspendAccount) with { FromLadder = true }],
                Origin = DecisionOrigin.Rule,
                DecidedAt = Now,
                Strike = new ExplainedStrike(3, Now.AddDays(180)),
            }, DefaultPolicy.Policy.Clauses).Items[0].Facts, StringComparison.Ordinal);
    }

    [Fact]
    public void No_recorded_value_of_any_outcome_is_in_what_authors_read()
    {
        Gen.Select(Inputs.Any, Gen.OneOf(Origins), Gen.OneOf(Languages), Gen.Bool, Gen.Int[1, 6]).Sample(
            (input, origin, language, afterAppeal, level) =>
            {
                var outcome = PolicyEngine.Decide(input, DefaultPolicy.Policy);
                if (!outcome.IsRestrictive)
                    return true;
                var statement = StatementBuilder.Build(
                    new StatementRequest
                    {
                        Measures = [.. StatementBuilder.Explained(outcome), Measure(MeasureKind.SuspendAccount) with { FromLadder = true }],
                        Origin = origin,
                        DecidedAt = input.Now,
                        AuthorLanguage = language,
                        AfterAppeal = afterAppeal,
                        Strike = new ExplainedStrike(level, input.Now.AddDays(90)),
                    },
                    DefaultPolicy.Policy.Clauses);
                var restored = OutcomeNotices.Appeal(statement, StatementBuilder.Explained(outcome), true, language);
                var withdrawn = OutcomeNotices.Restored(RestorationCause.Withdrawal, StatementBuilder.Explained(outcome), true, language);
                var everything = string.Join('\n', Everything(statement), restored.Body, withdrawn.Body, restored.Title, withdrawn.Title);
                var secrets = outcome.Fired.SelectMany(f => f.Evidence).Select(e => e.Value).Where(v => v.Length > 3).Append(outcome.PolicyVersion)
                    .Concat(outcome.Fired.Select(f => f.RuleId));
                return !Regex.IsMatch(everything, @"\d[.,]\d|bank-|entry-|claim-\d|7731|9917|PDQ|distance|quality|threshold|score|\{\d\}")
                    && secrets.All(s => !everything.Contains(s, StringComparison.OrdinalIgnoreCase));
            },
            iter: 1000, threads: 1);
    }

    [Fact]
    public void After_an_appeal_another_person_decided_and_other_ways_remain()
    {
        var statement = StatementBuilder.Build(
            new StatementRequest { Measures = [Measure(MeasureKind.Remove)], Origin = DecisionOrigin.RuleThenPerson, DecidedAt = Now, AfterAppeal = true },
            DefaultPolicy.Policy.Clauses);

        Assert.EndsWith("A person who took no part in the first decision took this one.", statement.Items[0].Facts, StringComparison.Ordinal);
        Assert.Contains("out-of-court dispute settlement", statement.Redress, StringComparison.Ordinal);
        Assert.Equal(Now, statement.AppealEnd);
    }

    [Fact]
    public void A_statement_without_a_measure_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Build(DecisionOrigin.Person, "en"));
    }

    [Fact]
    public void A_limit_of_the_notice_has_a_legal_ground_and_leaves_notice_and_statement_whole()
    {
        var limit = new NoticeLimit("18 U.S.C. 2258A", Now, Now.AddDays(30));
        StatementRequest Request(HarmCategory category, DecisionOrigin origin, NoticeLimit? with) =>
            new() { Measures = [Measure(MeasureKind.Remove, category)], Origin = origin, DecidedAt = Now, Limit = with };
        AuthorStatement Limited(HarmCategory category, DecisionOrigin origin) =>
            StatementBuilder.Build(Request(category, origin, limit), DefaultPolicy.Policy.Clauses);

        var statement = Limited(HarmCategory.ChildSexualExploitation, DecisionOrigin.Person);
        var open = StatementBuilder.Build(Request(HarmCategory.ChildSexualExploitation, DecisionOrigin.Person, null), DefaultPolicy.Policy.Clauses);
        Assert.Equal(limit, statement.Limit);
        Assert.Equal(Everything(open), Everything(statement));
        Assert.Equal(limit, Limited(HarmCategory.ViolentExtremism, DecisionOrigin.Reported(DetectionSource.AuthorityOrder)).Limit);
        Assert.Throws<ArgumentException>(() => Limited(HarmCategory.Hate, DecisionOrigin.Person));
        Assert.Throws<ArgumentException>(() => new NoticeLimit(" ", Now, Now.AddDays(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NoticeLimit("law", Now, Now.AddDays(43)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NoticeLimit("law", Now, Now));
    }

    [Fact]
    public void Appeals_say_what_stands_what_was_restored_and_who_decided()
    {
        var standing = StatementBuilder.Build(
            new StatementRequest
            {
                Measures = [Measure(MeasureKind.Label, ends: false)],
                Origin = DecisionOrigin.RuleThenPerson,
                DecidedAt = Now,
                AfterAppeal = true,
            },
            DefaultPolicy.Policy.Clauses);
        ImmutableArray<ExplainedMeasure> restored = [Measure(MeasureKind.Remove), Measure(MeasureKind.SuspendAccount)];

        var upheld = OutcomeNotices.Appeal(standing, [], strikeReverted: false, "en").Body;
        var inPart = OutcomeNotices.Appeal(standing, restored, strikeReverted: true, "en").Body;
        var overturned = OutcomeNotices.Appeal(null, restored, strikeReverted: true, "en").Body;

        const string Second = "A person who took no part in the first decision has looked at your appeal.";
        Assert.StartsWith($"{Second} The decision stands.\nThis stands:\nYour post is shown with a label.", upheld, StringComparison.Ordinal);
        Assert.StartsWith($"{Second} Your appeal succeeded in part.\nThe removal of your post was taken back.", inPart, StringComparison.Ordinal);
        Assert.Contains("This stands:\nYour post is shown with a label.", inPart, StringComparison.Ordinal);
        Assert.Equal("""
            A person who took no part in the first decision has looked at your appeal. Your appeal succeeded. The decision was taken back.
            The removal of your post was taken back.
            The suspension of your account was lifted.
            The strike that came with it no longer counts against your account.
            """.ReplaceLineEndings("\n"), overturned);
        Assert.Throws<ArgumentException>(() => OutcomeNotices.Appeal(null, [], false, "en"));
    }

    [Fact]
    public void A_withdrawal_says_that_the_entry_was_withdrawn_and_what_was_taken_back_in_every_language()
    {
        foreach (var language in Languages)
        {
            foreach (var kind in MeasureCatalogue.All.Select(m => m.Kind))
            {
                var notice = OutcomeNotices.Restored(RestorationCause.Withdrawal, [Measure(kind)], strikeReverted: true, language);
                var review = OutcomeNotices.Restored(RestorationCause.Review, [Measure(kind)], strikeReverted: false, language);
                Assert.Equal((language, 3, 2), (notice.Language, notice.Body.Split('\n').Length, review.Body.Split('\n').Length));
                Assert.NotEqual(notice.Body.Split('\n')[0], review.Body.Split('\n')[0]);
            }
        }
        Assert.StartsWith("The entry on which a decision about your post rested was withdrawn.",
            OutcomeNotices.Restored(RestorationCause.Withdrawal, [Measure(MeasureKind.Remove)], true, "en").Body, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => OutcomeNotices.Restored(RestorationCause.Review, [], true, "en"));
    }
}
