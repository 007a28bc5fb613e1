using Moderation.Contracts.V1;
using Xunit;

namespace Moderation.Enforcement.Tests.Decisions;

/// <summary>The host casts between the core's enums and the contract's; so their numbers are one.</summary>
public sealed class PolicyMappingTests
{
    [Fact]
    public void Numbers_of_the_enums_are_those_of_the_contract()
    {
        AssertSame<Contracts.V1.HarmCategory, Enforcement.HarmCategory>();
        AssertSame<Contracts.V1.SignalStatus, Enforcement.SignalStatus>();
        AssertSame<Contracts.V1.HashKind, Enforcement.HashKind>();
        AssertSame<Contracts.V1.MeasureKind, Enforcement.MeasureKind>(nameof(Enforcement.MeasureKind.Review));
        Assert.All(Enum.GetValues<Verdict>(), v => Assert.Equal(v.ToString(), ((DecisionOutcome)v).ToString()));
    }

    private static void AssertSame<TContract, TCore>(params string[] coreOnly)
        where TContract : struct, Enum
        where TCore : struct, Enum
        => Assert.Equal(
            Enum.GetValues<TContract>().Select(v => (v.ToString(), Convert.ToInt32(v, null))),
            Enum.GetValues<TCore>().Select(v => (v.ToString(), Convert.ToInt32(v, null))).Where(v => !coreOnly.Contains(v.Item1)));
}
