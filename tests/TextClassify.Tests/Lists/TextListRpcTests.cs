using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Lists;
using Moderation.TextClassify.Lists;
using Moderation.TextClassify.Tests.Host;
using Xunit;
using HarmCategory = Moderation.Contracts.V1.HarmCategory;
using TextListEntry = Moderation.Contracts.V1.TextListEntry;
using TextListKind = Moderation.Contracts.V1.TextListKind;

namespace Moderation.TextClassify.Tests.Lists;

public sealed class TextListRpcTests(TextClassifyFixture fixture) : IClassFixture<TextClassifyFixture>
{
    private readonly Metadata _lead = fixture.As(Person.Of("lead@test", [Role.Lead], [Person.AllTenants]));

    private static TextListEntry Term(string id, string term) => new() { EntryId = id, Category = HarmCategory.FraudSpam, Term = term };

    private async Task<AddTextListEntriesResponse> AddAsync(string tenant, params TextListEntry[] entries) =>
        await fixture.Lists.AddTextListEntriesAsync(new AddTextListEntriesRequest { TenantId = tenant, Entries = { entries } }, _lead, cancellationToken: TestContext.Current.CancellationToken);

    private async Task<IReadOnlyList<string>> HitsAsync(string text, string tenant) =>
        [.. (await fixture.Client.ClassifyTextAsync(new ClassifyTextRequest { Text = text, TenantId = tenant }, fixture.Credential)).Signals.ListHits.Select(h => h.EntryId)];

    [Fact]
    public async Task Add_entries_areHitInTheirTenantAlone_untilRemoved()
    {
        var added = await AddAsync("lists-a", Term("r1-term", "zorblax"), new TextListEntry { EntryId = "r1-host", Category = HarmCategory.FraudSpam, Host = "evil.example" });
        Assert.Equal("lead@test", added.Entries[0].Creator);
        Assert.Equal("lists-a", added.Entries[0].TenantId);
        Assert.Equal(["r1-term", "r1-host"], await HitsAsync("Z0rblax on hxxps://evil[.]example", "lists-a"));
        Assert.Empty(await HitsAsync("zorblax", "lists-b"));

        var removed = await fixture.Lists.RemoveTextListEntryAsync(new RemoveTextListEntryRequest { TenantId = "lists-a", EntryId = "r1-term" }, _lead);
        Assert.True(removed.ListVersion > added.ListVersion);
        Assert.Equal([], await HitsAsync("zorblax", "lists-a"));
    }

    [Fact]
    public async Task Hit_namesTheEntryAndItsPlace_notThePattern_alsoWhereTheModelAbstains()
    {
        await AddAsync("", Term("r2", "quandrix"));
        var signals = (await fixture.Client.ClassifyTextAsync(new ClassifyTextRequest { Text = "Non so che cosa vuoi fare con questa casa quandrix", TenantId = "lists-c" }, fixture.Credential)).Signals;
        Assert.True(signals.OutOfDomain);
        var hit = Assert.Single(signals.ListHits);
        Assert.Equal(("r2", true, TextListKind.Term, 42, 50), (hit.EntryId, hit.Shared, hit.Kind, hit.Start, hit.End));
        Assert.True(signals.ListVersion > 0);
    }

    [Fact]
    public async Task Add_sameAgain_isOne_andAnotherContentIsAConflict()
    {
        var first = await AddAsync("lists-d", Term("r3", "flurbo"));
        var second = await AddAsync("lists-d", Term("r3", "flurbo"));
        Assert.Equal(first.Entries, second.Entries);
        var error = await Assert.ThrowsAsync<RpcException>(() => AddAsync("lists-d", Term("r3", "other")));
        Assert.Equal(ErrorReason.TextListEntryConflict, RpcErrors.ReasonOf(error));
    }

    [Fact]
    public async Task Add_wrongEntries_namesEachField()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => AddAsync("lists-e", new TextListEntry { EntryId = "no/such", Regex = "(" }, Term("ok", "fine")));
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(error));
        Assert.Equal(
            ["entries[0].entry_id", "entries[0].category", "entries[0].regex"],
            error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field)); // the reason above says that both are there
    }

    [Fact]
    public async Task Add_aThousandWrongEntries_saysWhatIsWrong_inAnErrorThatStillArrives()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => AddAsync("lists-e", [.. Enumerable.Range(0, 1000).Select(_ => new TextListEntry { EntryId = "no/such", Regex = "(" })]));
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(error));
        Assert.InRange(error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Count, 10, 100); // the reason above says that they are there
        Assert.Contains("more are left out here", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_unknown_isNotFound()
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await fixture.Lists.RemoveTextListEntryAsync(new RemoveTextListEntryRequest { TenantId = "lists-f", EntryId = "nope" }, _lead));
        Assert.Equal(ErrorReason.TextListEntryNotFound, RpcErrors.ReasonOf(error));
    }

    [Fact]
    public async Task Shared_entries_needAPartInAllTenants()
    {
        var policy = fixture.As(Person.Of("policy@test", [Role.Policy], ["lists-g"]));
        var request = new AddTextListEntriesRequest { Entries = { Term("r4", "shared") } };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Lists.AddTextListEntriesAsync(request, policy));
        Assert.True(RpcErrors.ReasonOf(error) is ErrorReason.TenantDenied or ErrorReason.InvalidFields);
        request.TenantId = "lists-g";
        Assert.Single((await fixture.Lists.AddTextListEntriesAsync(request, policy)).Entries);
        var reviewer = fixture.As(Person.Of("reviewer@test", [Role.Reviewer], ["lists-g"]));
        error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Lists.AddTextListEntriesAsync(request, reviewer));
        Assert.Equal(ErrorReason.RoleDenied, RpcErrors.ReasonOf(error));
    }

    [Fact]
    public async Task List_pages_showAllEntriesOfTheTenantInOrder()
    {
        await AddAsync("lists-h", [.. Enumerable.Range(0, 25).Select(i => Term($"p{i:d2}", $"pageterm{(char)('a' + i)}"))]);
        var (ids, token) = (new List<string>(), "");
        do
        {
            var page = await fixture.Lists.ListTextListEntriesAsync(new ListTextListEntriesRequest { TenantId = "lists-h", PageSize = 10, PageToken = token }, _lead);
            ids.AddRange(page.Entries.Select(e => e.EntryId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"p{i:d2}"), ids);
    }

    [Fact]
    public async Task Changes_sayWhoDidWhat()
    {
        await AddAsync("lists-i", Term("c1", "changeterm"));
        var policy = fixture.As(Person.Of("policy@test", [Role.Policy], ["lists-i"]));
        await fixture.Lists.RemoveTextListEntryAsync(new RemoveTextListEntryRequest { TenantId = "lists-i", EntryId = "c1" }, policy);
        var changes = (await fixture.Lists.ListTextListChangesAsync(new ListTextListChangesRequest { TenantId = "lists-i", PageSize = 1000 }, policy)).Changes;
        Assert.Equal([("lead@test", true), ("policy@test", false)], changes.Select(c => (c.Actor, c.Added)));
        Assert.All(changes, c => Assert.Equal(("c1", HarmCategory.FraudSpam, TextListKind.Term), (c.EntryId, c.Category, c.Kind)));
        Assert.All(changes, c => Assert.True(c.ChangeTime > Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddMinutes(-10))));
    }

    [Fact]
    public async Task OtherReplica_followsChanges_andLoadsWhatWasTrimmed()
    {
        var store = fixture.Services.GetRequiredService<TextListStore>();
        await AddAsync("lists-j", Term("j1", "replicaterm"));
        var index = new TextListIndex();
        using var other = new TextListFeedStore(store, index);
        Assert.True(await other.TryCatchUpAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(index.Find(new TextListKey("lists-j", "j1")));
        await AddAsync("lists-j", Term("j2", "replicaterms"));
        await fixture.Lists.RemoveTextListEntryAsync(new RemoveTextListEntryRequest { TenantId = "lists-j", EntryId = "j1" }, _lead);
        Assert.True(await other.TryCatchUpAsync(TestContext.Current.CancellationToken));
        Assert.Null(index.Find(new TextListKey("lists-j", "j1")));
        Assert.NotNull(index.Find(new TextListKey("lists-j", "j2")));
        Assert.Equal(await store.ReadVersionAsync(), other.Version);
    }

    [Fact]
    public void Enums_haveTheContractsNumbers()
    {
        foreach (var category in System.Enum.GetValues<Moderation.TextClassify.Lists.HarmCategory>()) Assert.Equal(category.ToString(), ((HarmCategory)category).ToString());
        foreach (var kind in System.Enum.GetValues<Moderation.TextClassify.Lists.TextListKind>()) Assert.Equal(kind.ToString(), ((TextListKind)kind).ToString());
    }
}
