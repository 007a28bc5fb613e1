using System.Collections.Immutable;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>Includes, thresholds, and what is said about two documents or one decision.</summary>
public sealed class PolicyDocumentTests
{
    private const string Shared = "clauses: [{ id: hate, category: HATE, title: Hate, text: None. }]\nthresholds: { high: { value: 0.8, min: 0.7, max: 0.9 } }\n";

    private static string Document(string when = "text.score.hate >= t.high && post.link_count > 0", string measures = "LABEL") =>
        $"version: test@1\nincludes: [shared.yaml]\nrules: [{{ id: r1, clause: hate, category: HATE, when: '{when}', measures: [{measures}], severity: 2 }}]\n";

    private static PolicySources Sources(string shared = Shared, params (string Name, double Value)[] thresholds) => new()
    {
        Include = name => name == "shared.yaml" ? shared : null,
        Thresholds = thresholds.ToImmutableSortedDictionary(t => t.Name, t => t.Value),
    };

    private static CompiledPolicy Compile(string yaml, PolicySources sources)
    {
        var compilation = PolicyCompiler.Compile(yaml, sources);
        Assert.Equal("", string.Join("\n", compilation.Errors));
        return compilation.Policy!; // there are no errors
    }

    [Fact]
    public void Included_clauses_and_thresholds_are_used()
    {
        var policy = Compile(Document(), Sources());

        Assert.Equal(new PolicyThreshold("high", 0.8, 0.7, 0.9), Assert.Single(policy.Thresholds).Value);
        Assert.Single(PolicyEngine.Decide(Inputs.Plain.WithScore(HarmCategory.Hate, 0.85), policy).Fired);
        Assert.Empty(PolicyEngine.Decide(Inputs.Plain.WithScore(HarmCategory.Hate, 0.75), policy).Fired);
    }

    [Fact]
    public void Threshold_set_from_outside_stands_within_its_bounds_only()
    {
        var policy = Compile(Document(), Sources(Shared, ("high", 0.7)));
        var outside = PolicyCompiler.Compile(Document(), Sources(Shared, ("high", 0.5)));
        var unknown = PolicyCompiler.Compile(Document(), Sources(Shared, ("hihg", 0.8)));

        Assert.Single(PolicyEngine.Decide(Inputs.Plain.WithScore(HarmCategory.Hate, 0.75), policy).Fired);
        Assert.Contains("0.5 is outside of its bounds; expected 0.7 to 0.9", Assert.Single(outside.Errors).Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'high'?", Assert.Single(unknown.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("includes: [../secret.yaml]", "without a folder")]
    [InlineData("includes: [other.yaml]", "there is no document 'other.yaml'")]
    [InlineData("includes: [shared.yaml, shared.yaml]", "included twice")]
    [InlineData("includes: [shared.yaml]\nconstants: { high: 1 }", "'high' is taken by an earlier constant or threshold")]
    [InlineData("includes: [shared.yaml]\nthresholds: { low: { value: 2, min: 0, max: 1 } }", "2 is outside of its bounds")]
    [InlineData("includes: [shared.yaml]\nthresholds: { low: { value: 0.5 } }", "'min' is missing")]
    public void Wrong_include_or_threshold_is_named(string document, string message) =>
        Assert.Contains(message, string.Join("\n", PolicyCompiler.Compile("version: test@1\n" + document, Sources()).Errors), StringComparison.Ordinal);

    [Fact]
    public void Error_in_an_included_document_names_it_and_includes_do_not_nest()
    {
        var errors = PolicyCompiler.Compile(Document(), Sources("includes: [shared.yaml]\n" + Shared)).Errors;

        Assert.Contains(errors, e => e.Path.StartsWith("shared.yaml: ", StringComparison.Ordinal) && e.Message.Contains("'includes'", StringComparison.Ordinal));
    }

    [Fact]
    public void Difference_names_rules_thresholds_and_decisions()
    {
        var before = Compile(Document(), Sources());
        var after = Compile(Document(measures: "HOLD_FOR_REVIEW"), Sources(Shared, ("high", 0.75)));
        GoldenCase[] inputs =
        [
            new("high", Inputs.Plain.WithScore(HarmCategory.Hate, 0.95), ""),
            new("between", Inputs.Plain.WithScore(HarmCategory.Hate, 0.77), ""),
            new("low", Inputs.Plain, ""),
        ];

        Assert.Equal(
            [new RuleDifference("r1", "measures: LABEL -> HOLD_FOR_REVIEW"), new RuleDifference("t.high", "threshold: 0.8 (0.7..0.9) -> 0.75 (0.7..0.9)")],
            PolicyDifference.Rules(before, after));
        Assert.Equal(["high", "between"], PolicyDifference.Decisions(before, after, inputs).Select(d => d.Input));
        Assert.Empty(PolicyDifference.Rules(before, before));
    }

    [Fact]
    public void Explanation_says_which_part_is_false_and_what_was_missing()
    {
        var policy = Compile(Document(), Sources());
        var input = Inputs.Plain.WithScore(HarmCategory.Hate, 0.95);

        var fired = Assert.Single(PolicyExplanation.Explain(input, policy));
        var not = Assert.Single(PolicyExplanation.Explain(input with { Post = input.Post with { LinkCount = 0 } }, policy));
        var missing = Assert.Single(PolicyExplanation.Explain(input with { Text = input.Text with { Status = SignalStatus.Unavailable } }, policy));

        Assert.True(fired.Fired);
        Assert.Equal((false, "false: post.link_count > 0"), (not.Fired, not.Why));
        Assert.Equal([new ConditionPart("text.score.hate >= t.high", "true"), new ConditionPart("post.link_count > 0", "false")], not.Parts);
        Assert.Equal("could not be had: text.score.hate", missing.Why);
        Assert.Contains(missing.Values, v => v is { Key: "text.score.hate", Value: "absent" });
    }
}
