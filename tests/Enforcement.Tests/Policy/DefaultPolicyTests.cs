using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

public sealed class DefaultPolicyTests
{
    [Fact]
    public void Default_policy_compiles()
    {
        var compilation = PolicyCompiler.Compile(DefaultPolicy.Yaml);

        Assert.Empty(compilation.Errors);
        Assert.Equal("default@1", compilation.Policy?.Version);
    }

    [Fact]
    public void Golden_cases_hold()
    {
        var results = GoldenCases.Run(DefaultPolicy.GoldenYaml, DefaultPolicy.Policy, out var errors);

        Assert.Empty(errors);
        Assert.True(results.Length >= 25);
        Assert.Equal("", string.Join("\n", results.Where(r => r.Difference is not null).Select(r => $"{r.Name}: {r.Difference}")));
    }

    [Fact]
    public void Golden_case_with_a_wrong_expectation_is_reported()
    {
        const string Yaml = "cases: [{ name: wrong, text: { scores: { HATE: 0.99 } }, expect: { outcome: NO_ACTION } }]";

        var results = GoldenCases.Run(Yaml, DefaultPolicy.Policy, out var errors);

        Assert.Empty(errors);
        Assert.Contains("hate.hold", Assert.Single(results).Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Golden_cases_reach_every_rule()
    {
        var yaml = DefaultPolicy.GoldenYaml;

        Assert.Equal([], DefaultPolicy.Policy.Rules.Select(r => r.Id).Where(id => !yaml.Contains(id, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("zh")]
    [InlineData("es")]
    [InlineData("ar")]
    public void Every_category_has_a_clause_and_rules_and_each_clause_is_translated(string language)
    {
        var policy = DefaultPolicy.Policy;

        Assert.Equal(TaxonomyNames.Categories.Order(), policy.Clauses.Values.Select(c => c.Category).Order());
        Assert.Equal(TaxonomyNames.Categories.Order(), policy.Rules.Select(r => r.Category).Distinct().Order());
        Assert.All(policy.Clauses.Values, clause =>
        {
            Assert.NotEqual(clause.Title, clause.In(language).Title);
            Assert.NotEqual(clause.Text, clause.In(language).Text);
        });
    }

    [Fact]
    public void Self_harm_is_never_hidden_or_removed_by_a_rule()
    {
        var measures = DefaultPolicy.Policy.Rules.Where(r => r.Category == HarmCategory.SelfHarm).SelectMany(r => r.Measures).Distinct();

        Assert.Equal([MeasureKind.Label, MeasureKind.Review], measures.Order());
    }
}
