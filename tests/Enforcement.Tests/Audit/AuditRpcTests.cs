using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;
using Moderation.Enforcement.Tests.Decisions;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

public sealed class AuditRpcTests(EnforcementFixture enforcement) : IClassFixture<EnforcementFixture>
{
    private AuditService.AuditServiceClient Client => new(enforcement.Invoker);

    [Fact]
    public async Task ListAuditEntries_pages_through_all_in_order_and_says_what_is_sealed()
    {
        var ledger = enforcement.Services.GetRequiredService<AdminAuditLedger>();
        for (var i = 1; i <= 5; i++)
        {
            await ledger.AppendAsync(new AdminAuditEntry { Actor = "lead@test", Action = "list.term.add", Object = $"list/{i}" });
        }

        await enforcement.Services.GetRequiredService<AuditSealer>().SealAsync(CancellationToken.None);
        var found = new List<ListedAuditEntry>();
        var request = new ListAuditEntriesRequest { Chain = AuditChains.Admin, PageSize = 2 };
        do
        {
            var page = await Client.ListAuditEntriesAsync(request, enforcement.AsPerson());
            Assert.InRange(page.Entries.Count, 1, 2);
            found.AddRange(page.Entries);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(Enumerable.Range(1, found.Count).Select(n => (long)n), found.Select(e => e.Number));
        Assert.Equal(["list/1", "list/2", "list/3", "list/4", "list/5"], found.Select(e => e.Admin.Object).Where(o => o.StartsWith("list/", StringComparison.Ordinal)));
        Assert.All(found, e => Assert.True(e.Sealed));
        Assert.All(found, e => Assert.NotNull(e.Admin.CreateTime));
    }

    [Fact]
    public async Task ExportAudit_verifies_against_the_checkpoint_that_GetCheckpoint_gave()
    {
        await enforcement.Services.GetRequiredService<AdminAuditLedger>().AppendAsync(
            new AdminAuditEntry { Actor = "lead@test", Action = "policy.publish", Object = "policy/default@2" });
        var sealer = enforcement.Services.GetRequiredService<AuditSealer>();
        await sealer.SealAsync(CancellationToken.None);
        await sealer.CheckpointAsync();
        var answer = await Client.GetCheckpointAsync(new GetCheckpointRequest(), enforcement.AsPerson());
        using var keys = new AuditKeyRing();
        Assert.Equal(keys.Add(Assert.Single(answer.Keys).PublicKey.ToByteArray()), answer.Checkpoint.KeyId);
        var listed = await Client.ListCheckpointsAsync(new ListCheckpointsRequest(), enforcement.AsPerson());
        Assert.Contains(answer.Checkpoint, listed.Checkpoints);

        var verifier = new AuditVerifier(keys, answer.Checkpoint.ToCheckpoint());
        var lines = 0;
        using var export = Client.ExportAudit(new ExportAuditRequest(), enforcement.AsPerson());
        await foreach (var part in export.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal((byte)'\n', part.Chunk[^1]);
            foreach (var line in NdjsonLines.Read(new MemoryStream(part.Chunk.ToByteArray()), int.MaxValue))
            {
                verifier.Read(AuditLine.Parse(line.Span));
                lines++;
            }
        }

        Assert.True(lines > 3, $"{lines} lines");
        var report = verifier.Finish();
        Assert.Empty(report.Findings);
        Assert.True(report.Entries >= 1);
    }

    [Fact]
    public async Task Requests_with_wrong_fields_name_them_and_what_is_not_there_has_its_reason()
    {
        Assert.Equal(ErrorReason.InvalidFields, await ReasonAsync(Client.ListAuditEntriesAsync(
            new ListAuditEntriesRequest { Chain = "shard-1", PageSize = 1001, PageToken = "x" }, enforcement.AsPerson())));
        Assert.Equal(ErrorReason.AuditChainNotFound, await ReasonAsync(Client.ListAuditEntriesAsync(
            new ListAuditEntriesRequest { Chain = "shard-64" }, enforcement.AsPerson())));
        Assert.Equal(ErrorReason.AuditCheckpointNotFound, await ReasonAsync(Client.GetCheckpointAsync(
            new GetCheckpointRequest { Number = 1_000_000 }, enforcement.AsPerson())));
        Assert.Equal(ErrorReason.InvalidFields, await ReasonAsync(Client.ListCheckpointsAsync(
            new ListCheckpointsRequest { PageSize = -1 }, enforcement.AsPerson())));
    }

    [Fact]
    public async Task Tenant_key_and_service_token_are_denied()
    {
        var created = await enforcement.Client.CreateApiKeyAsync(new CreateApiKeyRequest { TenantId = "tenant", KeyId = "audit-denied" }, enforcement.AsPerson());
        foreach (var headers in new[] { new Metadata { { "x-api-key", created.ApiKey } }, enforcement.AsService("tenant") })
        {
            Assert.Equal(ErrorReason.AccessDenied, await ReasonAsync(Client.GetCheckpointAsync(new GetCheckpointRequest(), headers)));
        }
    }

    [Theory]
    [InlineData("", "bank.entry.add", "bank/1")]
    [InlineData("lead@test", "Bank Entry", "bank/1")]
    [InlineData("lead@test", "bank.entry.add", "")]
    public async Task Admin_entry_that_says_too_little_is_refused(string actor, string action, string what)
        => await Assert.ThrowsAsync<ArgumentException>(() => enforcement.Services.GetRequiredService<AdminAuditLedger>().AppendAsync(
            new AdminAuditEntry { Actor = actor, Action = action, Object = what }));

    private static async Task<ErrorReason> ReasonAsync<T>(AsyncUnaryCall<T> call)
        => RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(async () => await call));
}
