using System.Globalization;
using CsCheck;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

public sealed class PolicyCompilerTests
{
    private const string Clauses = """
        version: test@1
        constants: { high: 0.9 }
        clauses:
          - { id: hate, category: HATE, title: Hate, text: No hate. }
          - { id: child, category: CHILD_SEXUAL_EXPLOITATION, title: Children, text: Never. }
          - { id: claim, category: FALSE_CLAIM, title: Claims, text: Answered. }
        rules:

        """;

    private static string Rule(string category, string clause, string when, string measures) =>
        Clauses + $"  - {{ id: r1, clause: {clause}, category: {category}, when: \"{when}\", measures: [{measures}], severity: 3 }}\n";

    private static string Errors(string yaml) => string.Join("\n", PolicyCompiler.Compile(yaml).Errors);

    [Fact]
    public void Rule_that_holds_all_lines_compiles()
    {
        var compilation = PolicyCompiler.Compile(Rule("HATE", "hate", "text.score.hate >= t.high", "REVIEW, REMOVE"));

        Assert.Empty(compilation.Errors);
        var rule = Assert.Single(compilation.Policy!.Rules); // no errors, so there is a policy
        Assert.Equal([MeasureKind.Remove, MeasureKind.Review], rule.Measures);
        Assert.Equal(EvidenceBasis.TextScore, rule.Basis);
    }

    [Fact]
    public void Rule_without_category_does_not_compile()
    {
        var yaml = Clauses + "  - { id: r1, clause: hate, when: 'text.score.hate >= 0.9', measures: [LABEL], severity: 1 }\n";

        Assert.Contains("rules[0]: 'category' is missing", Errors(yaml), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_category_is_refused_with_the_whole_taxonomy()
    {
        var errors = Errors(Rule("DISSENT", "hate", "text.score.hate >= 0.9", "LABEL"));

        Assert.Contains("'DISSENT' is no category of the closed taxonomy", errors, StringComparison.Ordinal);
        Assert.All(TaxonomyNames.Categories, c => Assert.Contains(TaxonomyNames.Of(c), errors, StringComparison.Ordinal));
    }

    [Fact]
    public void Unknown_key_is_refused_with_the_nearest_known_one()
    {
        var yaml = Rule("HATE", "hate", "text.score.hate >= 0.9", "LABEL").Replace("severity:", "severty:", StringComparison.Ordinal);

        var errors = Errors(yaml);

        Assert.Contains("unknown key 'severty'", errors, StringComparison.Ordinal);
        Assert.Contains("did you mean 'severity'?", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FALSE_CLAIM", "claim", "claims.matches.exists(c, c.similarity > 0.9)", "REMOVE", "FALSE_CLAIMS_ARE_ANSWERED")]
    [InlineData("FALSE_CLAIM", "claim", "claims.matches.exists(c, c.similarity > 0.9)", "HOLD_FOR_REVIEW", "FALSE_CLAIMS_ARE_ANSWERED")]
    [InlineData("FALSE_CLAIM", "claim", "text.score.hate > 0.9", "LABEL", "FALSE_CLAIMS_NEED_A_FACT_CHECK")]
    [InlineData("CHILD_SEXUAL_EXPLOITATION", "child", "text.score.sexual_content > 0.9", "HOLD_FOR_REVIEW", "NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION")]
    [InlineData("CHILD_SEXUAL_EXPLOITATION", "child", "media.matches.size() > 0 && text.score.hate > 0.1", "REMOVE", "NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION")]
    [InlineData("CHILD_SEXUAL_EXPLOITATION", "child", "account.posts_1m > 3", "REVIEW", "NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION")]
    [InlineData("HATE", "hate", "text.score.hate > 0.9", "TERMINATE_ACCOUNT", "MACHINES_DO_NOT_END_ACCOUNTS")]
    [InlineData("HATE", "hate", "text.score.hate > 0.9", "SUSPEND_ACCOUNT", "is no rule's measure")]
    [InlineData("HATE", "hate", "text.score.hate > 0.9", "LIMIT_INTERACTION", "is no rule's measure")]
    [InlineData("HATE", "hate", "true", "LABEL", "NO_MEASURE_WITHOUT_EVIDENCE")]
    [InlineData("HATE", "claim", "text.score.hate > 0.9", "LABEL", "clause 'claim' is about FALSE_CLAIM")]
    public void Rule_that_crosses_a_line_is_refused_with_the_line(string category, string clause, string when, string measure, string line)
    {
        Assert.Contains(line, Errors(Rule(category, clause, when, measure)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text.score.hte >= 0.9", "1:12", "text.score.hate|did you mean 'hate'?")]
    [InlineData("text.score.hate >= t.hihg", "1:22", "did you mean 't.high'?")]
    [InlineData("txt.score.hate >= 0.9", "1:1", "did you mean 'text'?")]
    [InlineData("text.score.hate + 1 > 2.0", "1:17", "no matching overload for '+' applied to (double, int)")]
    [InlineData("text.score.hate", "1:12", "the condition is double; expected bool")]
    [InlineData("text.score.hate >= ", "1:20", "unexpected the end")]
    [InlineData("media.matches.exists(m, m.category == HTAE)", "1:39", "did you mean 'HATE'?")]
    [InlineData("post.language.matches('(a+)+b(?=c)')", "1:23", "can't be used")]
    public void Wrong_condition_is_refused_with_its_place(string when, string place, string expected)
    {
        var error = Assert.Single(PolicyCompiler.Compile(Rule("HATE", "hate", when, "LABEL")).Errors);

        Assert.Equal("rules[0].when", error.Path);
        Assert.StartsWith(place + ":", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected.Split('|')[^1], error.Message, StringComparison.Ordinal);
        Assert.Equal(8, error.Line);
    }

    [Fact]
    public void All_errors_come_at_once_in_the_order_of_the_document()
    {
        var errors = PolicyCompiler.Compile("version: one\nconstants: { X: 1 }\nclauses: []\nrules: [{ id: a }]\nextra: 1\n").Errors;

        Assert.True(errors.Length >= 8, string.Join("\n", errors));
        Assert.Equal(errors.OrderBy(e => e.Line).Select(e => e.Line), errors.Select(e => e.Line));
    }

    [Theory]
    [InlineData("a: &x [1]\nb: *x\n", "aliases are not supported")]
    [InlineData("{", "not YAML")]
    [InlineData("- 1", "a mapping at the top")]
    [InlineData("", "one YAML document")]
    public void Document_that_is_no_policy_is_refused(string yaml, string expected)
    {
        Assert.Contains(expected, Errors(yaml), StringComparison.Ordinal);
    }

    [Fact]
    public void Document_nested_a_hundred_thousand_levels_deep_is_refused()
    {
        Assert.Contains("nested deeper", Errors("a: " + new string('[', 100_000)), StringComparison.Ordinal);
    }

    [Fact]
    public void Mangled_documents_never_crash_the_compiler()
    {
        var source = DefaultPolicy.Yaml;
        var edits = Gen.Select(Gen.Int[0, source.Length - 1], Gen.Int[0, 40], Gen.String[Gen.Char.AlphaNumeric, 0, 4], Gen.OneOf("", "[", "{", "'", "\"", "&a ", "(", "\n", ":", "!", "|", "\t"));
        edits.Array[1, 6].Sample(
            list =>
            {
                var text = source;
                foreach (var (at, length, insert, mark) in list)
                {
                    var start = Math.Min(at, text.Length);
                    text = text[..start] + insert + mark + text[Math.Min(text.Length, start + length)..];
                }
                var compilation = PolicyCompiler.Compile(text);
                return compilation.Policy is null != compilation.Errors.IsEmpty;
            },
            iter: 400, threads: 1);
    }

    [Fact]
    public void Thousand_rules_compile()
    {
        var rules = Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"  - {{ id: r{i}, clause: hate, category: HATE, when: \"text.score.hate >= 0.{i:D3} && post.link_count > {i}\", measures: [LABEL], severity: 1 }}\n"));

        var compilation = PolicyCompiler.Compile(Clauses + string.Concat(rules));

        Assert.Empty(compilation.Errors);
        Assert.Equal(1000, compilation.Policy?.Rules.Length);
    }
}
