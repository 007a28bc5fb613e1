using Moderation.Enforcement;
using Moderation.ModCtl.Tests.Fakes;

namespace Moderation.ModCtl.Tests.Policy;

/// <summary>What <c>modctl policy</c> does with files, offline.</summary>
public sealed class PolicyFileCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Task<ModCtlProgram.Outcome> RunAsync(params string[] arguments) => ModCtlProgram.RunAsync(["policy", .. arguments]);

    private string Policy(string name, string from = "", string to = "") => _folder.Write(name, from.Length == 0 ? DefaultPolicy.Yaml : Changed(from, to));

    private string Cases => _folder.Write("cases.yaml", DefaultPolicy.GoldenYaml);

    private static string Changed(string from, string to)
    {
        Assert.Contains(from, DefaultPolicy.Yaml, StringComparison.Ordinal);
        return DefaultPolicy.Yaml.Replace(from, to, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_passes_for_a_policy_whose_cases_hold_and_names_each_that_does_not()
    {
        var good = await RunAsync("test", Policy("good.yaml"), Cases);
        Assert.Equal((0, ""), (good.Code, good.Error));
        Assert.Matches(@"\d+ cases hold, 0 do not\.", good.Output);

        var bad = await RunAsync("test", Policy("bad.yaml", "violence_high: { value: 0.80", "violence_high: { value: 0.99"), Cases);
        Assert.Equal(1, bad.Code);
        Assert.Contains("expected MEASURES, measures [HOLD_FOR_REVIEW]", bad.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(" 0 do not.", bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_and_check_say_line_and_column_of_what_does_not_compile()
    {
        var broken = Policy("broken.yaml", "text.score.violence >= t.violence_high", "text.score.violense >= 0.5");
        var run = await RunAsync("test", broken, Cases);
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Matches(@"broken\.yaml:\d+:\d+: rules\[\d+\]\.when: .*violense", run.Error);
        Assert.Equal(run.Error, (await RunAsync("check", broken)).Error);
    }

    [Fact]
    public async Task Diff_names_rules_numbers_and_the_decisions_that_change()
    {
        var (before, after) = (Policy("before.yaml"), Policy("after.yaml", "text.score.violence >= t.violence_high", "text.score.violence >= 0.99"));
        var run = await RunAsync("diff", before, after, "--cases", Cases);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("violence.hold: when: text.score.violence >= t.violence_high -> text.score.violence >= 0.99", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 changes of rules and thresholds", run.Output, StringComparison.Ordinal);
        Assert.Matches(@": MEASURES, measures \[HOLD_FOR_REVIEW\].* -> MEASURES, measures \[REDUCE_REACH\]", run.Output);

        var same = await RunAsync("diff", before, before, "--cases", Cases);
        Assert.Contains("0 changes", same.Output, StringComparison.Ordinal);
        Assert.Matches(@" 0 of \d+ decisions differ", same.Output);
    }

    [Fact]
    public async Task Explain_shows_the_values_of_each_rule_and_why_it_fired_or_not()
    {
        var cases = _folder.Write("one.yaml", "cases:\n  - name: threat\n    text: { scores: { VIOLENCE: 0.9 } }\n    expect: { outcome: MEASURES, measures: [HOLD_FOR_REVIEW], rules: [violence.hold, violence.reach], review: [HOLD] }\n");
        var run = await RunAsync("explain", Policy("policy.yaml"), cases, "--case", "threat");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("FIRED violence.hold: the condition holds", run.Output, StringComparison.Ordinal);
        Assert.Contains("text.score.violence=0.9", run.Output, StringComparison.Ordinal);
        Assert.Contains("-     hate.reach: false: text.score.hate >= t.hate_moderate", run.Output, StringComparison.Ordinal);

        var one = await RunAsync("explain", _folder.Of("policy.yaml"), cases, "--case", "threat", "--rule", "hate.reach");
        Assert.DoesNotContain("violence.hold: the condition", one.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--case", "absent", "there is no case 'absent'; expected one of: threat")]
    [InlineData("--rule", "no.rule", "has no rule 'no.rule'")]
    public async Task Explain_says_what_there_is_when_a_name_is_wrong(string option, string value, string message)
    {
        var cases = _folder.Write("one.yaml", "cases:\n  - name: threat\n    expect: { outcome: NO_ACTION }\n");
        string[] wrong = option == "--case" ? ["--case", value] : ["--case", "threat", option, value];
        var run = await RunAsync(["explain", Policy("policy.yaml"), cases, .. wrong]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_is_not_there_is_named()
    {
        var run = await RunAsync("test", _folder.Of("none.yaml"), Cases);
        Assert.Equal(2, run.Code);
        Assert.Contains("none.yaml", run.Error, StringComparison.Ordinal);
    }
}
