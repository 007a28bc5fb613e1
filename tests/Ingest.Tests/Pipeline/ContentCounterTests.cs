using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host;
using Moderation.Ingest.Host.Counters;
using Moderation.Ingest.Host.Intake;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using Xunit;

namespace Moderation.Ingest.Tests.Pipeline;

/// <summary>What is counted about accounts and about what posts hold, over a real store.</summary>
public sealed class ContentCounterTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private ContentCounterStore Store => suite.Suite.Services(IngestHost.Name).GetRequiredService<ContentCounterStore>();

    private static Post Of(string id, string account, string text) => new() { PostId = id, AccountId = account, Text = text, Audience = Audience.Public };

    [Fact]
    public async Task Same_content_and_hosts_are_counted_once_for_each_post_and_account()
    {
        const string Tenant = "counted";
        await Store.CountAsync(Tenant, Of("p1", "a1", "Buy at https://shop.example/x now"), Start);
        await Store.CountAsync(Tenant, Of("p2", "a1", "Buy at https://shop.example/x now"), Start);
        var third = Of("p3", "a2", "Buy at https://shop.example/x now");
        var counts = await Store.CountAsync(Tenant, third, Start.AddMinutes(5));
        Assert.Equal((3, 3, 3, 2, 2), (counts.SameContent.Posts1H, counts.SameContent.Posts1D, counts.SameContent.Posts30D, counts.SameContent.Accounts1H, counts.SameContent.Accounts30D));
        Assert.Equal(counts, await Store.CountAsync(Tenant, third, Start.AddMinutes(5)));

        // Another text with the same host, and a host that nobody else links to: the greater counts.
        var other = await Store.CountAsync(Tenant, Of("p4", "a3", "https://rare.example and HTTPS://Shop.example:443/y"), Start.AddMinutes(6));
        Assert.Equal((1, 4, 3), (other.SameContent.Posts1D, other.LinkHosts.Posts1D, other.LinkHosts.Accounts1D));
        Assert.Equal(1, (await Store.CountAsync("another-tenant", third, Start)).SameContent.Posts30D);
        Assert.Null((await Store.CountAsync(Tenant, Of("p5", "a1", "no link"), Start)).LinkHosts);
    }

    [Fact]
    public async Task Windows_forget_what_is_older()
    {
        const string Tenant = "windows";
        async Task<WindowCounts> At(string id, TimeSpan later) => (await Store.CountAsync(Tenant, Of(id, "a-" + id, "the same"), Start + later)).SameContent;
        await At("1", TimeSpan.Zero);
        Assert.Equal((2, 2, 2), await At("2", TimeSpan.FromMinutes(50)) is var hour ? (hour.Posts1H, hour.Posts1D, hour.Posts30D) : default);
        Assert.Equal((1, 3, 3), await At("3", TimeSpan.FromHours(3)) is var day ? (day.Posts1H, day.Posts1D, day.Posts30D) : default);
        Assert.Equal((1, 1, 4), await At("4", TimeSpan.FromDays(20)) is var month ? (month.Posts1H, month.Posts1D, month.Accounts30D) : default);
        Assert.Equal((1, 1, 1), await At("5", TimeSpan.FromDays(80)) is var late ? (late.Posts1H, late.Posts1D, late.Posts30D) : default);
    }

    [Fact]
    public async Task Account_is_counted_over_seven_and_thirty_days_at_its_intake()
    {
        var services = suite.Suite.Services(IngestHost.Name);
        async Task<AccountCounters> TakeInAsync(string id)
        {
            var request = Posts.Submit(id);
            request.Post.AccountId = "one-account";
            await services.GetRequiredService<PostOwnerStore>().BindAsync("long", id, request.Post.AccountId);
            var record = new IntakeRecord { TenantId = "long", Post = request.Post, IntakeTime = Timestamp.FromDateTimeOffset(Start) };
            return (await services.GetRequiredService<IntakeStore>().TakeInAsync(record, PostContent.Hash(request), "nobody", firstSubmission: true)).Counters;
        }

        await TakeInAsync("long-1");
        var second = await TakeInAsync("long-2");
        Assert.Equal((2, 2), (second.Posts7D, second.Posts30D));
    }

    [Theory]
    [InlineData("see https://User:pw@Example.COM:8080/p?q and http://b.example.", "example.com b.example")]
    [InlineData("https://a.example https://a.example/x ftp://c.example https://", "a.example")]
    [InlineData("https://1.x https://2.x https://3.x https://4.x https://5.x", "1.x 2.x 3.x 4.x")]
    [InlineData("no link", "")]
    public void Hosts_of_links_are_read_once_each_and_few(string text, string hosts) => Assert.Equal(hosts, string.Join(' ', PostRules.LinkHosts(text)));
}
