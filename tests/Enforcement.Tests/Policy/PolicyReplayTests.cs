using CsCheck;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>What the gates and the reused evaluation must not change, and what no text may do to the compiler.</summary>
public sealed class PolicyReplayTests
{
    [Fact]
    public void Replay_equals_record_for_a_hundred_thousand_inputs()
    {
        var again = PolicyCompiler.Compile(DefaultPolicy.Yaml).Policy!; // the default policy compiles, as another test says

        Inputs.Any.Sample(
            input => PolicyEngine.Decide(input, DefaultPolicy.Policy).ToCanonicalText() == PolicyEngine.Decide(input, again).ToCanonicalText(),
            iter: 100_000, threads: 1);
    }

    [Fact]
    public void Gates_change_nothing()
    {
        // The same conditions with nothing that could be read off them: each behind an 'or' that never holds.
        var yaml = System.Text.RegularExpressions.Regex.Replace(
            DefaultPolicy.Yaml, @"(?m)^    when: (?!\|)(.+)$", "    when: ($1) || post.revision < 0");
        var compilation = PolicyCompiler.Compile(yaml);
        Assert.Empty(compilation.Errors);
        var open = new PolicyEvaluation(compilation.Policy!); // there are no errors
        var gated = new PolicyEvaluation(DefaultPolicy.Policy);
        Assert.Contains(DefaultPolicy.Policy.Rules, r => r.Gate.Score != HarmCategory.Unspecified);
        Assert.DoesNotContain(compilation.Policy!.Rules, r => r.Gate.Score != HarmCategory.Unspecified); // as above

        Inputs.Any.Sample(input => gated.Evaluate(input).SequenceEqual(open.Evaluate(input)), iter: 5_000, threads: 1);
    }

    [Fact]
    public void Evaluation_allocates_nothing()
    {
        var evaluation = new PolicyEvaluation(DefaultPolicy.Policy);
        var inputs = new[] { Inputs.Plain, Inputs.Plain.WithScore(HarmCategory.Hate, 0.99) };
        foreach (var input in inputs)
            evaluation.Evaluate(input);

        // A collection on another thread charges this one for what is left of its buffer, so the least of some runs is what counts.
        var (least, fired) = (long.MaxValue, 0);
        for (var run = 0; run < 5; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            fired = 0;
            for (var i = 0; i < 1_000; i++)
                fired += evaluation.Evaluate(inputs[i % 2]).Length;
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal((1_000, 0), (fired, least));
    }

    /// <summary>The fuzz corpus in short: the default policy with random damage. The long run is in the benchmarks.</summary>
    [Fact]
    public void Mangled_policies_never_throw()
    {
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var text = PolicyMangler.Mangle(DefaultPolicy.Yaml, random);
            var compilation = PolicyCompiler.Compile(text);
            Assert.True(compilation.Policy is null == compilation.Errors.Length > 0, text);
        }
    }
}
