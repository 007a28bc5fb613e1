using System.Text.Json.Nodes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Tests.Decisions;
using Xunit;

namespace Moderation.Enforcement.Tests.Review;

public sealed class TransparencyTests(SingleReviewFixture enforcement) : IClassFixture<SingleReviewFixture>
{
    [Fact]
    public async Task Decision_is_written_for_the_database_from_its_record()
    {
        var work = new Casework(enforcement, "transparency");
        var removed = await work.FraudAsync("p1");
        var statement = JsonNode.Parse(Assert.Single(await WriteAsync(removed)).Json)!;
        Assert.Equal(removed.DecisionId + "-1", (string?)statement["puid"]);
        Assert.Equal("AUTOMATED_DECISION_FULLY", (string?)statement["automated_decision"]);
        Assert.Equal("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", (string?)statement["category"]);
        Assert.DoesNotContain("author", statement.ToJsonString(), StringComparison.Ordinal);
        await work.AppealAsync(removed);
        var upheld = await work.ReviewAsync("ann", Casework.Impose(Contracts.V1.MeasureKind.Remove, "fraud-spam"));
        Assert.Equal("AUTOMATED_DECISION_PARTIALLY", (string?)JsonNode.Parse(Assert.Single(await WriteAsync(upheld)).Json)!["automated_decision"]);
        var harmless = await work.PostAsync("p2", hate: 0.01);
        Assert.Empty(await WriteAsync(harmless));
    }

    private async Task<IReadOnlyList<Contracts.V1.TransparencyStatement>> WriteAsync(Decision decision)
        => (await enforcement.Transparency.GetTransparencyStatementsAsync(
            new GetTransparencyStatementsRequest { DecisionId = decision.DecisionId }, enforcement.AsService(decision.TenantId))).Statements;
}
