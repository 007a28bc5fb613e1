using System.Diagnostics;
using Moderation.Enforcement;
using Moderation.Enforcement.Tests.Policy;

namespace Moderation.Benchmarks.Fuzz;

/// <summary>Policy documents and golden cases with random damage: none may crash the compiler, keep it busy, or compile into what crashes a decision.</summary>
internal static class PolicyTextFuzz
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

    /// <summary>Tries damaged documents for some seconds; damage piles up, so that later ones are further from a policy.</summary>
    /// <param name="seed">The same seed tries the same documents.</param>
    /// <param name="seconds">How long.</param>
    /// <returns>How many documents were tried, and how many of them compiled.</returns>
    /// <exception cref="InvalidOperationException">One broke a promise; the message holds the document.</exception>
    public static (long Tried, long Compiled) Run(int seed, double seconds)
    {
        var (random, watch) = (new Random(seed), Stopwatch.StartNew());
        var (tried, compiled, text) = (0L, 0L, DefaultPolicy.Yaml);
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            text = tried % 8 == 0 || text.Length == 0 ? DefaultPolicy.Yaml : text;
            text = PolicyMangler.Mangle(text, random);
            var cases = PolicyMangler.Mangle(DefaultPolicy.GoldenYaml, random);
            compiled += Try(text, cases, seed, tried) ? 1 : 0;
            tried++;
        }

        return (tried, compiled);
    }

    private static bool Try(string text, string cases, int seed, long number)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var compilation = PolicyCompiler.Compile(text);
            if (compilation.Policy is null != compilation.Errors.Length > 0)
            {
                throw new InvalidOperationException("neither a policy nor an error, or both");
            }

            var policy = compilation.Policy ?? DefaultPolicy.Policy;
            GoldenCases.Read(cases, out _);
            PolicyEngine.Decide(Input, policy);
            PolicyExplanation.Explain(Input, policy);
            return Stopwatch.GetElapsedTime(started) < Longest
                ? compilation.Policy is not null
                : throw new InvalidOperationException($"it took {Stopwatch.GetElapsedTime(started)}");
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"seed {seed}, document {number}: {broken.Message}\n--- policy\n{text}\n--- cases\n{cases}", broken);
        }
    }
}
