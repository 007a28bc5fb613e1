using Moderation.Benchmarks.Fuzz;
using Xunit;

namespace Moderation.TextClassify.Tests.Fuzz;

/// <summary>The first inputs of the fuzzers; <c>make bench-fuzz</c> tries millions.</summary>
public sealed class FuzzCorpusTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task UrlFinder_keepsItsPromises(int seed)
    {
        await using var target = new UrlFinderFuzz();
        await target.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1500, await FuzzRun.RunAsync(target, seed, count: 1500));
    }

    [Fact]
    public async Task Rpcs_answerWithTypedErrors()
    {
        await using var target = new TextProtoFuzz();
        await target.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(400, await FuzzRun.RunAsync(target, seed: 1, count: 400));
    }

    [Fact]
    public async Task BrokenPromise_isToldWithItsSeedAndNumber_andFoundAgain()
    {
        await using var target = new Breaking();
        var found = await Assert.ThrowsAsync<FuzzFinding>(() => FuzzRun.RunAsync(target, seed: 7, count: 1000));
        var number = long.Parse(found.Message.Split("--from ")[1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(found.Message, (await Assert.ThrowsAsync<FuzzFinding>(() => FuzzRun.RunAsync(target, seed: 7, count: 1, from: number))).Message);
    }

    /// <summary>A target that breaks its promise for one input in some.</summary>
    private sealed class Breaking : FuzzTarget
    {
        public override Task TryAsync(Random random, Action<string> describe)
        {
            var text = TextMutator.Next(random);
            describe(text);
            Require(text.Length < 100, "too long");
            return Task.CompletedTask;
        }
    }
}
