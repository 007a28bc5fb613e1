using Moderation.ServiceDefaults.Auth;
using Xunit;

namespace Moderation.Access.Tests;

/// <summary>
/// Every RPC x every caller, tried at a running suite and held against access-matrix.csv, which is read here and reviewed by people: it is
/// not made from the options of the contract. <c>make accept</c> rewrites it; what must hold of any table is asserted besides.
/// </summary>
public sealed class AccessMatrixTests(AccessFixture access)
{
    public static TheoryData<string> Rpcs() => [.. AnyRpc.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Rpcs))]
    public void Callers_of_an_rpc_are_let_in_as_the_table_says(string rpc)
    {
        var actual = access.Outcomes(rpc);
        Assert.True(AccessMatrix.Read().TryGetValue(rpc, out var expected), $"{rpc} has no row in {AccessMatrix.File}: run make accept and review the row.");
        Assert.Equal(
            AccessMatrix.Callers.Select(c => $"{c}: {expected.GetValueOrDefault(c)}"),
            AccessMatrix.Callers.Select(c => $"{c}: {actual[c]}"));
    }

    [Fact]
    public void Table_has_the_rpcs_of_the_contract_and_no_others()
        => Assert.Equal(AnyRpc.All.Keys.Order(StringComparer.Ordinal), AccessMatrix.Read().Keys);

    [Fact]
    public void Table_lets_nobody_in_without_a_credential_a_scope_a_part_in_the_tenant_or_past_the_kind_of_the_rpc()
    {
        Assert.All(AccessMatrix.Read(), row =>
        {
            var (rpc, cells) = row;
            Assert.Equal("UNAUTHENTICATED", cells["none"]);
            Assert.NotEqual(AccessMatrix.In, cells["key-without-scope"]);
            Assert.All(cells.Where(c => c.Key.EndsWith("-elsewhere", StringComparison.Ordinal)), c => Assert.NotEqual(AccessMatrix.In, c.Value));
            Assert.All(cells.Values, v => Assert.Contains(v, (string[])[AccessMatrix.In, "UNAUTHENTICATED", "ACCESS_DENIED", "ROLE_DENIED", "SCOPE_DENIED", "TENANT_DENIED"]));

            // Somebody may call it, or it would not be there.
            Assert.Contains(AccessMatrix.In, cells.Values);
            var keys = cells["key"] == AccessMatrix.In;
            var people = cells.Any(c => c.Value == AccessMatrix.In && AccessMatrix.Roles.Any(r => c.Key.StartsWith(Person.NameOf(r), StringComparison.Ordinal)));
            Assert.Equal(
                AnyRpc.All[rpc].Access switch
                {
                    Contracts.V1.Access.Public => (true, false, true),
                    Contracts.V1.Access.People => (false, true, false),
                    Contracts.V1.Access.PublicOrPeople => (true, true, true),
                    _ => (false, false, true),
                },
                (keys, people, cells["service"] == AccessMatrix.In));
            if (keys && AnyRpc.All[rpc].Method.InputType.FindFieldByName("tenant_id") is not null)
            {
                Assert.Equal("TENANT_DENIED", cells["key-of-other"]);
            }
        });
    }

    [Fact]
    public void Table_gives_no_admin_a_way_to_decide_about_content_and_no_auditor_a_way_to_change_anything()
    {
        // By name, since what an RPC changes is in no option: a new one of these kinds has to be looked at here.
        var table = AccessMatrix.Read();
        var ofAdmins = table.Where(r => r.Value["admin-everywhere"] == AccessMatrix.In).Select(r => r.Key.Split('/')[1]);
        Assert.DoesNotContain(ofAdmins, rpc => rpc is "MakeDecision" or "StartBulkDecision" or "CompleteReview" or "LeaseReviewTask" or "AddBankEntry" or "RemoveBankEntry");
        var ofAuditors = table.Where(r => r.Value["auditor-everywhere"] == AccessMatrix.In).Select(r => r.Key.Split('/')[1]);
        Assert.All(ofAuditors, rpc => Assert.Matches("^(Get|List|Export|Watch|Search|Explain|Match|Verify|Preview|Compare)", rpc));
    }
}
