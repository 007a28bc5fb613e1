using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.TextClassify.Tests.Host;

/// <summary>What people change of lists, fact-checks and models stands in the administrative chain.</summary>
public sealed class AdminAuditTests(TextClassifyFixture fixture) : IClassFixture<TextClassifyFixture>
{
    private readonly Metadata _policy = fixture.As(Person.Of("policy@test", [Role.Policy], [Person.AllTenants]));

    private async Task<List<AdminAuditEntry>> EntriesAsync(string target)
    {
        var database = fixture.Services.GetRequiredService<RedisConnectionStore>().Multiplexer.GetDatabase();
        var entries = await database.StreamRangeAsync(KeySpace.AdminAudit);
        return [.. entries.Select(e => AdminAuditEntry.Parser.ParseFrom((byte[])e["a"]!)).Where(e => e.Object == target)]; // every entry has its bytes
    }

    [Fact]
    public async Task ListEntry_addedTwiceAndRemoved_standsThereTwice()
    {
        var request = new AddTextListEntriesRequest { TenantId = "audited", Entries = { new TextListEntry { EntryId = "audit-1", Category = HarmCategory.FraudSpam, Term = "zorblax" } } };
        var added = await fixture.Lists.AddTextListEntriesAsync(request, _policy);
        await fixture.Lists.AddTextListEntriesAsync(request, _policy);
        await fixture.Lists.RemoveTextListEntryAsync(new RemoveTextListEntryRequest { TenantId = "audited", EntryId = "audit-1" }, _policy);
        var entries = await EntriesAsync("text-list-entry/audit-1");
        Assert.Equal(["text-list.add", "text-list.remove"], entries.Select(e => e.Action));
        Assert.All(entries, e => Assert.Equal(("policy@test", "audited"), (e.Actor, e.TenantId)));
        var hash = ByteString.CopyFrom(SHA256.HashData(added.Entries[0].ToByteArray()));
        Assert.Equal((0, hash), (entries[0].BeforeHash.Length, entries[0].AfterHash));
        Assert.Equal((hash, 0), (entries[1].BeforeHash, entries[1].AfterHash.Length));
    }

    [Fact]
    public async Task FactCheck_importedReplacedAndRemoved_standsThereThrice()
    {
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(fixture.Address);
        var claims = new ClaimService.ClaimServiceClient(channel);
        var check = new FactCheck { Claim = "Salt water cures the flu.", Rating = "False", Address = "https://factcheck.example/salt" };
        await claims.ImportFactChecksAsync(new ImportFactChecksRequest { FactChecks = { check } }, _policy);
        await claims.ImportFactChecksAsync(new ImportFactChecksRequest { FactChecks = { check } }, _policy);
        check.Rating = "Mostly false";
        await claims.ImportFactChecksAsync(new ImportFactChecksRequest { FactChecks = { check } }, _policy);
        var id = Assert.Single((await claims.ListFactChecksAsync(new ListFactChecksRequest(), _policy)).FactChecks).ClaimId;
        await claims.RemoveFactCheckAsync(new RemoveFactCheckRequest { ClaimId = id }, _policy);
        var entries = await EntriesAsync("fact-check/" + id);
        Assert.Equal(["fact-check.import", "fact-check.import", "fact-check.remove"], entries.Select(e => e.Action));
        Assert.Equal([false, true, true], entries.Select(e => e.BeforeHash.Length > 0));
        Assert.Equal(entries[0].AfterHash, entries[1].BeforeHash);
    }

    [Fact]
    public async Task ModelMadeLive_standsThereOnce()
    {
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(fixture.Address);
        var models = new TextModelService.TextModelServiceClient(channel);
        var request = new SetTextModelStateRequest { ModelId = "moderation-text-v1", State = TextModelState.Live, Reason = "Pinned" };
        Assert.True((await models.SetTextModelStateAsync(request, _policy)).Changed);
        Assert.False((await models.SetTextModelStateAsync(request, _policy)).Changed);
        var entry = Assert.Single(await EntriesAsync("text-model/moderation-text-v1"));
        Assert.Equal(("text-model.live", "policy@test"), (entry.Action, entry.Actor));
    }
}
