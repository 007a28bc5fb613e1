using k8s.Models;

namespace Moderation.Manifests.Tests;

public sealed class RestrictedProfileTests(Renders renders)
{
    public static TheoryData<string> Scenarios => [.. Repository.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public void Every_pod_of_a_scenario_satisfies_the_restricted_profile(string scenario)
    {
        var pods = renders.Load(scenario).Pods;

        var violations = pods.SelectMany(pod => RestrictedProfile.Violations(pod.Spec).Select(violation => $"{pod.Name}: {violation}"));

        Assert.Empty(violations);
        Assert.True(pods.Count > ChartValues.Services.Count, "the walk has to meet the services' pods and the test pod");
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void Every_service_account_of_a_scenario_mounts_no_token(string scenario)
    {
        var accounts = renders.Load(scenario).All<V1ServiceAccount>();

        Assert.All(accounts, account => Assert.False(account.AutomountServiceAccountToken));
        Assert.NotEmpty(accounts);
    }

    public static TheoryData<string, Action<V1PodSpec>> Weakenings => new()
    {
        { "shares a namespace of the host", pod => pod.HostNetwork = true },
        { "mounts a service-account token", pod => pod.AutomountServiceAccountToken = null },
        { "volume root: its type is not among those allowed", pod => pod.Volumes.Add(new V1Volume { Name = "root", HostPath = new V1HostPathVolumeSource { Path = "/" } }) },
        { "readOnlyRootFilesystem is not true", pod => pod.Containers[0].SecurityContext.ReadOnlyRootFilesystem = null },
        { "allowPrivilegeEscalation is not false", pod => pod.Containers[0].SecurityContext.AllowPrivilegeEscalation = null },
        { "capabilities.drop lacks ALL", pod => pod.Containers[0].SecurityContext.Capabilities = null },
        { "runAsUser is not set, or root", pod => pod.Containers[0].SecurityContext.RunAsUser = 0 },
        { "its image has no fixed tag", pod => pod.Containers[0].Image = "registry.example.org:5000/moderation-ingest" },
        { "takes a port of the host", pod => pod.Containers[0].Ports[0].HostPort = 8081 },
        { "container early: privileged", pod => pod.InitContainers = [new V1Container { Name = "early", Image = "a:1", SecurityContext = new V1SecurityContext { Privileged = true } }] },
        {
            "seccompProfile is not RuntimeDefault",
            pod => pod.SecurityContext.SeccompProfile = pod.Containers[0].SecurityContext.SeccompProfile = new V1SeccompProfile { Type = "Unconfined" }
        },
    };

    [Theory, MemberData(nameof(Weakenings), DisableDiscoveryEnumeration = true)]
    public void Pod_that_is_weakened_violates_the_profile(string violation, Action<V1PodSpec> weaken)
    {
        ArgumentNullException.ThrowIfNull(weaken);
        var pod = renders.Load("minimal").Named<V1Deployment>("platform-ingest").Spec.Template.Spec;
        weaken(pod);

        Assert.Contains(RestrictedProfile.Violations(pod), found => found.EndsWith(violation, StringComparison.Ordinal));
    }
}
