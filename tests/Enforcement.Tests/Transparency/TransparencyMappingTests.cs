using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Moderation.Testing;
using Xunit;

namespace Moderation.Enforcement.Tests.Transparency;

public sealed class TransparencyMappingTests
{
    private const string Elections = "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS";

    private static readonly DateTimeOffset Decided = new(2026, 3, 1, 23, 30, 0, TimeSpan.Zero);

    private static TransparencyFacts Facts(DecisionOrigin origin, params ReadOnlySpan<ExplainedMeasure> measures) => new()
    {
        DecisionId = "d_17_01J8Z0T3N5",
        Statement = StatementBuilder.Build(
            new StatementRequest { Measures = [.. measures], Origin = origin, DecidedAt = Decided, AuthorLanguage = "en" }, DefaultPolicy.Policy.Clauses),
        Origin = origin,
        DecidedAt = Decided,
        PublishedAt = Decided.AddDays(-2),
        Content = [TransparencyContent.Text, TransparencyContent.Image, TransparencyContent.Text],
        Language = "zh-Hant",
        RulesUrl = new Uri("https://example.org/rules"),
    };

    private static ExplainedMeasure Measure(MeasureKind kind, HarmCategory category = HarmCategory.Hate, double? days = null)
    {
        var clause = DefaultPolicy.Policy.Clauses.Values.Single(c => c.Category == category);
        var measure = MeasureCatalogue.Of(kind);
        if (measure.Term.End == EndRule.Required)
            days ??= 3;
        return new ExplainedMeasure(kind, category, clause.Id, null, days is { } d ? Decided.AddDays(d) : null, measure.Features.FirstOrDefault(""));
    }

    /// <summary>The only statement of a removal by a rule.</summary>
    private static JsonNode Removal(string language = "en") =>
        Json(Assert.Single(TransparencyMapping.Map(Facts(DecisionOrigin.Rule, Measure(MeasureKind.Remove)) with { Language = language })));

    private static JsonNode Json(TransparencyStatement statement) => JsonNode.Parse(statement.Json)!;

    private static string? Text(JsonNode? node) => node?.ToJsonString().Replace("\"", "", StringComparison.Ordinal);

    [Fact]
    public void Every_measure_of_every_harm_and_origin_is_valid_by_the_databases_schema()
    {
        if (Repository.SharedData("dsa", "dsa_statement.schema.json") is not { } path)
            return;
        var schema = JsonSchema.FromText(File.ReadAllText(path));
        var options = new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
        DecisionOrigin[] origins =
        [
            DecisionOrigin.Rule, DecisionOrigin.RuleThenPerson, DecisionOrigin.Person, .. Enum.GetValues<DetectionSource>().Select(DecisionOrigin.Reported),
        ];
        var checkedStatements = 0;
        foreach (var category in TaxonomyNames.Categories)
        {
            foreach (var kind in MeasureCatalogue.All.Select(m => m.Kind))
            {
                foreach (var origin in origins)
                {
                    var facts = Facts(origin, Measure(kind, category));
                    foreach (var candidate in new[] { facts, facts with { Illegal = new LegalGround("Art. 1", "Why."), Language = "xx" } })
                    {
                        var statement = Assert.Single(TransparencyMapping.Map(candidate));
                        var result = schema.Evaluate(Parsed(statement), options);
                        Assert.True(result.IsValid, $"{kind} {category} {origin}: {statement.Json}\n{Errors(result)}");
                        checkedStatements++;
                    }
                }
            }
        }
        Assert.Equal(9 * 10 * origins.Length * 2, checkedStatements);

        // The schema as loaded does refuse: else all of the above would say nothing.
        var broken = Removal();
        foreach (var (field, value) in new (string, JsonNode?)[]
        {
            ("category", "STATEMENT_CATEGORY_POLITICS"), ("puid", "a.b"), ("content_date", "2026-3-1"), ("decision_visibility", null), ("surprise", "x"),
            ("decision_visibility", new JsonArray("DECISION_VISIBILITY_OTHER")), ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
        })
        {
            var candidate = broken.DeepClone();
            candidate[field] = value;
            Assert.False(schema.Evaluate(JsonDocument.Parse(candidate.ToJsonString()).RootElement, options).IsValid, field);
        }
    }

    [Fact]
    public void No_harm_is_mapped_to_civic_discourse_or_elections()
    {
        var targets = TaxonomyNames.Categories.Select(TransparencyCategory.Of).ToList();

        Assert.DoesNotContain(targets, t => t.Category == Elections);
        Assert.Equal("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", TransparencyCategory.Of(HarmCategory.FalseClaim).Category);
        Assert.Throws<ArgumentOutOfRangeException>(() => TransparencyCategory.Of(HarmCategory.Unspecified));
        if (Repository.SharedData("dsa", "dsa_category_tree.json") is not { } path)
            return;
        var tree = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        var ofElections = tree[Elections]!.AsArray().Select(k => k!.GetValue<string>()).ToList();
        Assert.NotEmpty(ofElections);
        Assert.DoesNotContain(targets, t => ofElections.Contains(t.Keyword));
        Assert.All(targets.Where(t => t.Keyword.Length > 0 && t.KeywordOther.Length == 0),
            t => Assert.Contains(t.Keyword, tree[t.Category]!.AsArray().Select(k => k!.GetValue<string>())));
    }

    [Theory]
    [InlineData("en-GB", "EN")]
    [InlineData("el", "EL")]
    [InlineData("xx", null)]
    [InlineData("", null)]
    [InlineData("fil", null)]
    public void Languages_are_those_that_the_database_knows(string tag, string? expected) =>
        Assert.Equal(expected, Text(Removal(tag)["content_language"]));

    [Fact]
    public void All_languages_of_the_schema_are_known()
    {
        if (Repository.SharedData("dsa", "dsa_statement.schema.json") is not { } path)
            return;
        var known = JsonNode.Parse(File.ReadAllText(path))!["properties"]!["content_language"]!["enum"]!.AsArray();
        var languages = known.Select(l => l?.GetValue<string>()).OfType<string>().ToList();

        Assert.Equal(184, languages.Count);
        Assert.All(languages, l => Assert.Equal(l, Text(Removal(l)["content_language"])));
    }

    [Fact]
    public void Measures_of_one_harm_share_a_statement_unless_their_ends_differ()
    {
        var statements = TransparencyMapping.Map(Facts(
            DecisionOrigin.Rule,
            Measure(MeasureKind.Remove), Measure(MeasureKind.SuspendAccount, days: 3), Measure(MeasureKind.Label, days: 5),
            Measure(MeasureKind.ReduceReach, HarmCategory.FalseClaim), Measure(MeasureKind.AgeGate)));

        Assert.Equal(["d_17_01J8Z0T3N5-1", "d_17_01J8Z0T3N5-3", "d_17_01J8Z0T3N5-4"], statements.Select(s => s.Puid));
        var (first, second) = (Json(statements[0]), Json(statements[1]));
        Assert.Equal("[DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED,DECISION_VISIBILITY_CONTENT_REMOVED]", Text(first["decision_visibility"]));
        Assert.Null(first["end_date_visibility_restriction"]);
        Assert.Equal(("DECISION_ACCOUNT_SUSPENDED", "2026-03-04"), (Text(first["decision_account"]), Text(first["end_date_account_restriction"])));
        Assert.Equal("2026-03-06", Text(second["end_date_visibility_restriction"]));
        Assert.Equal(("2026-02-27", "2026-03-01"), (Text(first["content_date"]), Text(first["application_date"])));
        Assert.Equal("[CONTENT_TYPE_IMAGE,CONTENT_TYPE_TEXT]", Text(first["content_type"]));
        Assert.Equal(statements.AsEnumerable(), TransparencyMapping.Map(Facts(
            DecisionOrigin.Rule,
            Measure(MeasureKind.Remove), Measure(MeasureKind.SuspendAccount, days: 3), Measure(MeasureKind.Label, days: 5),
            Measure(MeasureKind.ReduceReach, HarmCategory.FalseClaim), Measure(MeasureKind.AgeGate))));
    }

    [Theory]
    [InlineData(true, true, DetectionSource.OwnInitiative, "Yes", "AUTOMATED_DECISION_FULLY", "SOURCE_VOLUNTARY")]
    [InlineData(true, false, DetectionSource.OwnInitiative, "Yes", "AUTOMATED_DECISION_PARTIALLY", "SOURCE_VOLUNTARY")]
    [InlineData(false, false, DetectionSource.UserReport, "No", "AUTOMATED_DECISION_NOT_AUTOMATED", "SOURCE_ARTICLE_16")]
    [InlineData(false, false, DetectionSource.TrustedFlagger, "No", "AUTOMATED_DECISION_NOT_AUTOMATED", "SOURCE_TRUSTED_FLAGGER")]
    [InlineData(false, false, DetectionSource.AuthorityOrder, "No", "AUTOMATED_DECISION_NOT_AUTOMATED", "SOURCE_TYPE_OTHER_NOTIFICATION")]
    public void Who_found_and_who_decided_is_said(bool detected, bool decided, DetectionSource source, string detection, string decision, string type)
    {
        var json = Json(TransparencyMapping.Map(Facts(new DecisionOrigin(detected, decided, source), Measure(MeasureKind.Remove)))[0]);

        Assert.Equal((detection, decision, type), (Text(json["automated_detection"]), Text(json["automated_decision"]), Text(json["source_type"])));
    }

    [Fact]
    public void Long_texts_are_cut_to_what_the_database_takes()
    {
        var facts = Facts(DecisionOrigin.Rule, Measure(MeasureKind.Remove));
        var item = facts.Statement.Items[0] with
        {
            Facts = string.Concat(Enumerable.Repeat("😀", 4000)),
            ClauseText = new string('x', 4000),
            ClauseTitle = new string('t', 600),
        };
        var json = Json(TransparencyMapping.Map(facts with { Statement = facts.Statement with { Items = [item] } })[0]);

        string Value(string field) => json[field]!.GetValue<string>();
        Assert.EndsWith("…", Value("incompatible_content_explanation"), StringComparison.Ordinal);
        Assert.InRange(Value("decision_facts").Length, 4998, 5000);
        Assert.False(char.IsHighSurrogate(Value("decision_facts")[^2]));
        Assert.Equal((2000, 500), (Value("incompatible_content_explanation").Length, Value("incompatible_content_ground").Length));
    }

    [Fact]
    public void Values_are_known_by_the_databases_labels()
    {
        if (Repository.SharedData("dsa", "dsa_labels.json") is not { } path)
            return;
        var labels = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        ImmutableArray<string> values =
        [
            .. MeasureCatalogue.All.Select(m => m.Transparency.Value),
            .. TaxonomyNames.Categories.Select(c => TransparencyCategory.Of(c).Category),
        ];

        Assert.Equal([], values.Where(v => !labels.ContainsKey(v)));
    }

    private static JsonElement Parsed(TransparencyStatement statement) => JsonDocument.Parse(statement.Json).RootElement;

    private static string Errors(EvaluationResults results) => string.Join('\n',
        (results.Details ?? []).Where(d => d.Errors is not null).Select(d => $"{d.InstanceLocation}: {string.Join("; ", d.Errors!.Values)}"));
}
