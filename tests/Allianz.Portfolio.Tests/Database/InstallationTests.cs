using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Tests.Support;
using Dapper;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Database;

/// <summary>A copy of the database is told from the original, and does nothing that the original does.</summary>
[EngineFixtures]
[NonParallelizable]
public class InstallationTests(Engine engine) : PortfolioFixture(engine, ("Jobs:Enabled", "true"))
{
    private const string Banner = "eine Kopie des Portfolios";

    private static int Servers(PortfolioHost host) => host.Services.GetRequiredService<JobStorage>().GetMonitoringApi().Servers().Count;

    private static async Task<string> PageAsync(HttpClient client, string path = "/")
    {
        using var page = await client.SendAsync(HttpMethod.Get, path, null, ("Accept", "text/html"));
        return await page.Content.ReadAsStringAsync();
    }

    private static Installation Of(PortfolioHost host) => host.Services.GetRequiredService<Installation>();

    [Test]
    public async Task The_original_stays_it_at_every_start()
    {
        await using var again = NewHost();
        using var client = again.CreateClient();

        Assert.That((Of(Host).IsCopy, Of(again).IsCopy), Is.EqualTo((false, false)));
        Assert.That(await PageAsync(Anonymous), Does.Not.Contain(Banner));
        Assert.That(() => Servers(Host), Is.GreaterThan(0).After(20_000, 50));
        Assert.That(await Of(Host).ConfirmAsync(dropLetters: false, default), Is.Null);
    }

    // What a restore of another installation's backup, or a file that was copied without what lies beside it, looks like.
    [Test]
    public async Task A_copy_runs_no_jobs_says_so_everywhere_and_is_an_installation_of_its_own_once_that_is_confirmed()
    {
        await using (var connection = await OpenAsync())
        {
            await connection.ExecuteAsync("UPDATE Installation SET Name = 'another' WHERE Id = 1");
        }
        await using var copy = NewHost();
        using var client = copy.CreateClient();
        var ready = await client.GetJsonAsync("/health/ready");

        Assert.That(Of(copy).IsCopy, Is.True);
        foreach (var path in new[] { "/", "/reports", "/sign-in", "/gibt-es-nicht" })
        {
            Assert.That(await PageAsync(client, path), Does.Contain(Banner), path);
        }
        Assert.That((string?)ready["status"], Is.EqualTo("degraded"));
        Assert.That((string?)ready["checks"]![0]!["detail"], Does.Contain("confirm-copy"));
        // A node that ran when the database was replaced below it finds out, too.
        await Of(Host).RecogniseAsync(default);
        Assert.That(Of(Host).IsCopy, Is.True);
        if (Engine.Name == Dialect.Sqlite.Name)
        {
            Assert.That(() => Servers(Host) + Servers(copy), Is.Zero.After(20_000, 50));
        }

        Assert.That(await Of(copy).ConfirmAsync(dropLetters: true, default), Is.Zero);
        await Of(Host).RecogniseAsync(default);

        Assert.That((Of(Host).IsCopy, Of(copy).IsCopy), Is.EqualTo((false, false)));
        Assert.That(await PageAsync(client), Does.Not.Contain(Banner));
        Assert.That((string?)(await client.GetJsonAsync("/health/ready"))["status"], Is.EqualTo("ok"));
        Assert.That(() => Servers(Host), Is.GreaterThan(0).After(20_000, 50));
    }

    [Test]
    public async Task A_new_node_belongs_to_it_as_soon_as_it_sees_another_one_at_work_where_there_can_be_several()
    {
        var folder = Directory.CreateTempSubdirectory("portfolio-node-").FullName;
        await using (var node = NewHost(("Installation:Folder", folder)))
        {
            using var client = node.CreateClient();
            Assert.That(Of(node).IsCopy, Is.True);

            await Of(Host).RecogniseAsync(default);
            await Of(node).RecogniseAsync(default);

            Assert.That(Of(node).IsCopy, Is.EqualTo(Engine.Name == Dialect.Sqlite.Name));
        }
        Directory.Delete(folder, recursive: true);
    }

    // The same relay as between two nodes, on both engines.
    [Test]
    public async Task Beats_of_another_node_prove_the_original()
    {
        var folder = Directory.CreateTempSubdirectory("portfolio-node-").FullName;
        await using (var node = NewHost(("Installation:Folder", folder)))
        {
            using var client = node.CreateClient();
            Assert.That(Of(node).IsCopy, Is.True);
            await using (var connection = await OpenAsync())
            {
                await connection.ExecuteAsync("UPDATE Installation SET Beats = Beats + 1 WHERE Id = 1");
            }

            await Of(node).RecogniseAsync(default);

            Assert.That(Of(node).IsCopy, Is.False);
            Assert.That(File.Exists(Of(node).File), Is.True);
        }
        Directory.Delete(folder, recursive: true);
    }

    private Task<System.Data.Common.DbConnection> OpenAsync() =>
        Host.Services.GetRequiredService<PortfolioDatabase>().Dialect.OpenAsync(ConnectionString, CancellationToken.None);
}
