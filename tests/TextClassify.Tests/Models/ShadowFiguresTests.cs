using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moderation.ServiceDefaults.Redis;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Tests.Host;
using Xunit;

namespace Moderation.TextClassify.Tests.Models;

public sealed class ShadowFiguresTests(TextClassifyFixture fixture) : IClassFixture<TextClassifyFixture>
{
    private static TextFindings Findings(params (TextLabel Label, float Score)[] scores)
    {
        var findings = new TextFindings();
        foreach (var (label, score) in scores) findings.Raise(label, score);
        return findings;
    }

    private static StoredFigures Stored(ShadowFigures figures, ModelPair pair) => new(figures.Take()[pair].Fields, null, null);

    [Fact]
    public void Agreement_isThatOfTheFourfoldTable()
    {
        var (figures, pair) = (new ShadowFigures(new FakeTimeProvider()), new ModelPair("a@1", "b@1"));
        void Add(int times, float live, float shadow)
        {
            for (var i = 0; i < times; i++) figures.Add(pair, ShadowResult.Scored, Findings((TextLabel.Hate, live)), Findings((TextLabel.Hate, shadow)));
        }

        // 20 both, 5 live alone, 10 shadow alone, 15 neither: the textbook's example, kappa 0.4.
        Add(20, 0.9f, 0.5f);
        Add(5, 0.5f, 0.49f);
        Add(10, 0.1f, 1);
        Add(15, 0, 0.2f);
        var hate = Assert.Single(ModelAgreement.Of(Stored(figures, pair), 5));
        Assert.Equal((50, 20, 5, 10), (hate.BothScored, hate.BothFlagged, hate.LiveOnlyFlagged, hate.ShadowOnlyFlagged));
        Assert.Equal(0.7, hate.Agreement, 1e-9);
        Assert.Equal(0.4, hate.Kappa, 1e-9);
        Assert.Equal([15, 10, 0, 0, 0, 5, 0, 0, 0, 20], hate.LiveScores);
    }

    [Fact]
    public void Abstaining_isCountedOnTheOthersSide()
    {
        var (figures, pair) = (new ShadowFigures(new FakeTimeProvider()), new ModelPair("a@1", "b@1"));
        figures.Add(pair, ShadowResult.Abstained, Findings((TextLabel.Hate, 0.3f)), Findings());
        figures.Add(pair, ShadowResult.Scored, Findings(), Findings((TextLabel.Sexual, 0.3f)));
        figures.Add(pair, ShadowResult.Unavailable, Findings((TextLabel.Hate, 0.3f)), Findings());
        var stored = Stored(figures, pair);
        Assert.Equal((1, 1, 1, 0), (stored["scored"], stored["abstained"], stored["unavailable"], stored["dropped"]));
        var all = ModelAgreement.Of(stored, 5).ToDictionary(a => a.Category);
        Assert.Equal(1, all[Moderation.Contracts.V1.HarmCategory.Hate].LiveOnlyScored);
        Assert.Equal(1, all[Moderation.Contracts.V1.HarmCategory.SexualContent].ShadowOnlyScored);
    }

    [Fact]
    public async Task CountsOfTwoReplicas_addUp_andABatchCountsOnce()
    {
        var redis = fixture.Services.GetRequiredService<RedisConnectionStore>();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(55));
        var pair = new ModelPair("live@1", "shadow@1");
        var (one, two) = (new ShadowFigures(time), new ShadowFigures(time));
        using var first = new ShadowFiguresStore(redis, one, time);
        using var second = new ShadowFiguresStore(redis, two, time);
        one.Add(pair, ShadowResult.Scored, Findings((TextLabel.Hate, 0.3f)), Findings((TextLabel.Hate, 0.8f)));
        two.Add(pair, ShadowResult.Scored, Findings((TextLabel.Hate, 0.3f)), Findings((TextLabel.Hate, 0.8f)));
        Assert.True(await first.TrySendAsync(TestContext.Current.CancellationToken));
        Assert.True(await second.TrySendAsync(TestContext.Current.CancellationToken));
        Assert.True(await second.TrySendAsync(TestContext.Current.CancellationToken)); // nothing new
        one.Add(pair, ShadowResult.Dropped, Findings(), Findings());
        Assert.True(await first.TrySendAsync(TestContext.Current.CancellationToken));
        var stored = await first.ReadAsync(pair);
        Assert.Equal((2, 1, 2), (stored["scored"], stored["dropped"], stored[ShadowFigures.JointField((int)TextLabel.Hate, 3, 8)]));
        Assert.Equal(time.GetUtcNow(), stored.First);
    }
}
