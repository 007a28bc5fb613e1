using System.Diagnostics;
using Moderation.Enforcement;
using Moderation.Enforcement.Tests.Policy;

namespace Moderation.Benchmarks.Fuzz;

/// <summary>Policy documents and golden cases with random damage: none may crash the compiler, keep it busy, or compile into what crashes a decision.</summary>
internal sealed class PolicyTextFuzz : FuzzTarget
{
    /// <summary>No text of the size of the default policy takes so long, on whatever machine.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private static readonly PolicyInput Input = new()
    {
        Now = DateTimeOffset.UnixEpoch,
        Post = new PostFacts { TenantId = "tenant", PostId = "post", AccountId = "account", TextLength = 100, LinkCount = 1 },
        Text = new TextSignal
        {
            Status = SignalStatus.Available,
            Scores = CategoryScores.Of(TaxonomyNames.Categories.Where(CategoryScores.IsScored).Select(c => KeyValuePair.Create(c, 0.9))),
        },
        Media = new MediaSignal { Status = SignalStatus.Available, Matches = [new BankMatch("m", "b", "e", HarmCategory.Violence, HashKind.Pdq, 3, 80)] },
    };

    /// <inheritdoc />
    public override Task TryAsync(Random random, Action<string> describe)
    {
        var text = DefaultPolicy.Yaml;
        for (var damages = random.Next(1, 9); damages > 0 && text.Length > 0; damages--)
        {
            text = PolicyMangler.Mangle(text, random);
        }

        var cases = PolicyMangler.Mangle(DefaultPolicy.GoldenYaml, random);
        describe($"{text}\n--- cases\n{cases}");
        var started = Stopwatch.GetTimestamp();
        var compilation = PolicyCompiler.Compile(text);
        Require(compilation.Policy is null == compilation.Errors.Length > 0, "a policy or an error, not neither or both");
        var policy = compilation.Policy ?? DefaultPolicy.Policy;
        GoldenCases.Read(cases, out _);
        PolicyEngine.Decide(Input, policy);
        PolicyExplanation.Explain(Input, policy);
        Require(Stopwatch.GetElapsedTime(started) < Longest, $"not more than {Longest}");
        return Task.CompletedTask;
    }
}
