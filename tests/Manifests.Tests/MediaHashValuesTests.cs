using k8s.Models;

namespace Moderation.Manifests.Tests;

/// <summary>What <c>mediaHash</c> in the values gives media-hash and no other service.</summary>
public sealed class MediaHashValuesTests(Renders renders)
{
    [Fact]
    public void Files_of_the_configuration_lie_in_what_is_mounted()
    {
        var manifest = renders.Load("production");
        var config = manifest.Named<V1ConfigMap>("platform-media-hash").Data;
        var mounts = manifest.Named<V1Deployment>("platform-media-hash").Spec.Template.Spec.Containers.Single().VolumeMounts.ToDictionary(mount => mount.Name);

        Assert.Equal(Path.GetDirectoryName(config["MediaHash__Snapshot__Path"]), mounts["snapshot"].MountPath);
        Assert.Null(mounts["snapshot"].ReadOnlyProperty);
        Assert.Equal(Path.GetDirectoryName(config["MediaHash__Pull__Sources__0__PublicKeyFile"]), mounts["list-keys"].MountPath);
        Assert.True(mounts["list-keys"].ReadOnlyProperty);
        Assert.All(
            manifest.All<V1ConfigMap>().Where(map => map.Metadata.Name != "platform-media-hash"),
            map => Assert.DoesNotContain(map.Data.Keys, key => key.StartsWith("MediaHash__", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Snapshot_of_a_size_is_an_empty_directory_and_off_is_nothing()
    {
        var on = new Manifest((await renders.TemplateAsync("minimal", "--set", "mediaHash.snapshot.size=4Gi")).RequireSuccess());
        var volume = on.Named<V1Deployment>("platform-media-hash").Spec.Template.Spec.Volumes.Single(item => item.Name == "snapshot");

        Assert.Equal("4Gi", volume.EmptyDir.SizeLimit.ToString());
        Assert.DoesNotContain(renders.Load("minimal").Named<V1Deployment>("platform-media-hash").Spec.Template.Spec.Volumes, item => item.Name == "snapshot");
        Assert.DoesNotContain("MediaHash__Snapshot__Path", renders.Load("minimal").Named<V1ConfigMap>("platform-media-hash").Data.Keys);
    }

    [Fact]
    public async Task Lists_in_a_directory_are_mounted_read_only_where_the_source_looks()
    {
        var on = new Manifest((await renders.TemplateAsync(
            "minimal",
            "--set", "mediaHash.pull.claim=lists,mediaHash.pull.sources[0].name=a,mediaHash.pull.sources[0].bank=b,mediaHash.pull.sources[0].category=Hate",
            "--set", "mediaHash.pull.sources[0].location=/var/lib/moderation/hash-lists/a")).RequireSuccess());
        var pod = on.Named<V1Deployment>("platform-media-hash").Spec.Template.Spec;
        var mount = pod.Containers.Single().VolumeMounts.Single(item => item.Name == "hash-lists");

        Assert.Equal("lists", pod.Volumes.Single(item => item.Name == "hash-lists").PersistentVolumeClaim.ClaimName);
        Assert.True(mount.ReadOnlyProperty);
        Assert.StartsWith(mount.MountPath, on.Named<V1ConfigMap>("platform-media-hash").Data["MediaHash__Pull__Sources__0__Location"], StringComparison.Ordinal);
    }
}
