using k8s.Models;

namespace Moderation.Manifests.Tests;

/// <summary>Each service in the chart's values has all its objects, and they fit together.</summary>
public sealed class ServiceTests(Renders renders)
{
    public static TheoryData<string, string> EveryService
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var scenario in Repository.Scenarios)
            {
                foreach (var service in ChartValues.Services) data.Add(scenario, service);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(EveryService))]
    public void Service_in_values_has_every_object_and_they_select_its_pods_only(string scenario, string service)
    {
        var manifest = renders.Load(scenario);
        var name = $"platform-{service}";
        var deployment = manifest.Named<V1Deployment>(name).Spec;

        Assert.Equal("None", manifest.Named<V1Service>(name).Spec.ClusterIP);
        Assert.Equal(name, manifest.Named<V1ServiceAccount>(deployment.Template.Spec.ServiceAccountName).Metadata.Name);
        Assert.Equal(name, deployment.Template.Spec.Containers.Single().EnvFrom.Single().ConfigMapRef.Name);
        Assert.NotEmpty(manifest.Named<V1ConfigMap>(name).Data);
        IDictionary<string, string>[] selectors =
        [
            deployment.Selector.MatchLabels,
            manifest.Named<V1Service>(name).Spec.Selector,
            manifest.Named<V1PodDisruptionBudget>(name).Spec.Selector.MatchLabels,
            manifest.Named<V1NetworkPolicy>(name).Spec.PodSelector.MatchLabels,
            .. deployment.Template.Spec.TopologySpreadConstraints.Select(spread => spread.LabelSelector.MatchLabels),
        ];
        Assert.All(selectors, selector => Assert.Equal([name], manifest.Pods.Where(pod => Manifest.Matches(selector, pod.Labels)).Select(pod => pod.Name)));
    }

    [Theory, MemberData(nameof(EveryService))]
    public void Probes_ask_the_named_health_services_and_the_end_leaves_time(string scenario, string service)
    {
        var pod = renders.Load(scenario).Named<V1Deployment>($"platform-{service}").Spec.Template.Spec;
        var container = pod.Containers.Single();

        Assert.Equal((8081, "liveness"), (container.LivenessProbe.Grpc.Port, container.LivenessProbe.Grpc.Service));
        Assert.Equal((8081, "readiness"), (container.ReadinessProbe.Grpc.Port, container.ReadinessProbe.Grpc.Service));
        // The host's own shutdown takes up to 25 seconds.
        Assert.True(pod.TerminationGracePeriodSeconds >= container.Lifecycle.PreStop.Sleep.Seconds + 30);
    }

    [Theory, MemberData(nameof(EveryService))]
    public void Ports_are_grpc_and_metrics_and_rest_where_clients_call(string scenario, string service)
    {
        var manifest = renders.Load(scenario);
        int[] expected = service is "ingest" or "enforcement" or "text-classify" ? [8080, 8081, 9090] : [8081, 9090];

        Assert.Equal(expected, manifest.Named<V1Service>($"platform-{service}").Spec.Ports.Select(port => port.Port).Order());
        Assert.Equal(expected, manifest.Named<V1Deployment>($"platform-{service}").Spec.Template.Spec.Containers.Single().Ports.Select(port => port.ContainerPort).Order());
    }

    [Fact]
    public void Configuration_of_ingest_is_the_contract()
    {
        var config = renders.Load("production").Named<V1ConfigMap>("platform-ingest").Data;

        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["Listen__Address"] = "0.0.0.0",
                ["Listen__Grpc"] = "8081",
                ["Listen__Metrics"] = "9090",
                ["Listen__Rest"] = "8080",
                ["Logging__Format"] = "json",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://otel-collector.observability:4317",
                ["People__KeyFile"] = "/var/run/secrets/moderation/people-token.key",
                ["ServiceToken__KeyFile"] = "/var/run/secrets/moderation/service-token.key",
                ["Services__Enforcement"] = "dns:///platform-enforcement:8081",
                ["Services__MediaHash"] = "dns:///platform-media-hash:8081",
                ["Services__TextClassify"] = "dns:///platform-text-classify:8081",
                ["Sharding__Count"] = "64",
            },
            new SortedDictionary<string, string>(config, StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(EveryService))]
    public void Secrets_are_referred_to_by_name_and_their_files_are_where_the_configuration_says(string scenario, string service)
    {
        var manifest = renders.Load(scenario);
        var pod = manifest.Named<V1Deployment>($"platform-{service}").Spec.Template.Spec;
        var redis = pod.Containers.Single().Env.Single(variable => variable.Name == "Redis__ConnectionString").ValueFrom.SecretKeyRef;
        var sources = pod.Volumes.Single(volume => volume.Name == "keys").Projected.Sources.Select(source => source.Secret).ToArray();
        var mount = pod.Containers.Single().VolumeMounts.Single(item => item.Name == "keys");

        var files = sources.SelectMany(source => source.Items).Select(item => $"{mount.MountPath}/{item.Path}").Order(StringComparer.Ordinal);
        var config = manifest.Named<V1ConfigMap>($"platform-{service}").Data;
        Assert.Superset(new HashSet<string> { "People__KeyFile", "ServiceToken__KeyFile" }, config.Keys.ToHashSet());
        Assert.Equal(config.Where(setting => setting.Key.EndsWith("KeyFile", StringComparison.Ordinal) && !setting.Key.EndsWith("PublicKeyFile", StringComparison.Ordinal)).Select(setting => setting.Value).Order(StringComparer.Ordinal), files);
        Assert.Equal(service == "enforcement", config.ContainsKey("Audit__SigningKeyFile"));
        var made = manifest.All<V1Secret>().ToDictionary(secret => secret.Metadata.Name);
        (string Secret, string Key)[] references =
            [(redis.Name, redis.Key), .. sources.Select(source => (source.Name, source.Items.Single().Key))];
        Assert.All(references, reference => Assert.True(
            scenario == "dev" ? made[reference.Secret].Data.ContainsKey(reference.Key) : reference.Secret.StartsWith("moderation-", StringComparison.Ordinal),
            $"{reference}"));
    }

    [Fact]
    public void Claims_are_mounted_where_they_are_used_and_nowhere_else()
    {
        var deployments = renders.Load("production").All<V1Deployment>();
        Assert.All(deployments, deployment =>
        {
            var pod = deployment.Spec.Template.Spec;
            var claims = pod.Volumes.Where(volume => volume.PersistentVolumeClaim is not null).Select(volume => volume.PersistentVolumeClaim.ClaimName);
            string[] expected = deployment.Metadata.Name switch
            {
                "platform-enforcement" => ["moderation-audit-archive"], // it seals and archives
                "platform-text-classify" => ["moderation-text-models"],
                "platform-media-hash" => ["moderation-bank-snapshot"],
                _ => [],
            };
            Assert.Equal(expected, claims);
        });
        var config = renders.Load("production").Named<V1ConfigMap>("platform-enforcement").Data;
        var mounts = renders.Load("production").Named<V1Deployment>("platform-enforcement").Spec.Template.Spec.Containers.Single().VolumeMounts;
        Assert.Equal(config["Audit__ArchiveDirectory"], mounts.Single(mount => mount.Name == "archive").MountPath);
        var models = renders.Load("production").Named<V1Deployment>("platform-text-classify").Spec.Template.Spec.Containers.Single().VolumeMounts.Single(mount => mount.Name == "text-models");
        Assert.Equal((renders.Load("production").Named<V1ConfigMap>("platform-text-classify").Data["TextModel__Folder"], true), (models.MountPath, models.ReadOnlyProperty));
    }

    [Fact]
    public void Production_scales_on_cpu_and_leaves_the_replicas_to_the_autoscaler()
    {
        var manifest = renders.Load("production");

        Assert.Equal(ChartValues.Services.Select(service => $"platform-{service}"), manifest.All<V2HorizontalPodAutoscaler>().Select(scaler => scaler.Spec.ScaleTargetRef.Name).Order(StringComparer.Ordinal));
        Assert.All(manifest.All<V1Deployment>(), deployment => Assert.Null(deployment.Spec.Replicas));
        Assert.Equal((4, 24), (manifest.Named<V2HorizontalPodAutoscaler>("platform-ingest").Spec.MinReplicas, manifest.Named<V2HorizontalPodAutoscaler>("platform-ingest").Spec.MaxReplicas));
    }

    [Fact]
    public void Development_redis_appends_and_never_evicts()
    {
        var command = renders.Load("dev").Named<V1StatefulSet>("platform-redis").Spec.Template.Spec.Containers.Single().Command;

        Assert.Contains("--appendonly yes --appendfsync everysec --maxmemory-policy noeviction", string.Join(' ', command), StringComparison.Ordinal);
    }

    [Fact]
    public void Service_folder_with_a_host_has_its_block_in_values()
    {
        var hosts = Directory.EnumerateDirectories(Repository.Path("services"))
            .Where(folder => Directory.Exists(Path.Combine(folder, "Host")))
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal);

        Assert.Equal(ChartValues.Services, hosts);
    }
}
