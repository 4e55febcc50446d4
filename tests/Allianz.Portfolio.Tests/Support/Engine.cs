using Allianz.Portfolio.Api.Database;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Testcontainers.MsSql;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>Runs a fixture once per engine; the one that is not configured is skipped with the reason.</summary>
public sealed class EngineFixturesAttribute() : TestFixtureSourceAttribute(typeof(Engine), nameof(Engine.All));

/// <summary>An engine that behaviour is tested on.</summary>
public abstract class Engine
{
    public static readonly Engine[] All = [new Sqlite(), new SqlServer()];

    /// <summary>Value of <c>Database:Engine</c>.</summary>
    public abstract string Name { get; }

    /// <summary>A new database with the schema; skips the test where the engine is not to be had.</summary>
    public abstract Task<string> CreateAsync();

    /// <summary>Where a new database will be when it is migrated.</summary>
    public abstract Task<string> CreateEmptyAsync();

    public abstract Task DropAsync(string connectionString);

    public override string ToString() => Name;

    /// <returns>The scripts that were run.</returns>
    internal static async Task<IReadOnlyList<string>> MigrateAsync(string engine, string connectionString)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Portfolio"] = connectionString })
            .Build();
        var database = new PortfolioDatabase(
            Options.Create(new DatabaseOptions { Engine = engine }),
            configuration,
            new HostingEnvironment { ContentRootPath = Path.GetTempPath() },
            NullLogger<PortfolioDatabase>.Instance
        );
        return await database.MigrateAsync(CancellationToken.None);
    }

    private sealed class Sqlite : Engine
    {
        // Migrated once, copied for every fixture.
        private static readonly Lazy<Task<string>> _template = new(async () =>
        {
            var file = NewFile();
            await MigrateAsync("sqlite", $"Data Source={file};Pooling=False");
            return file;
        });

        public override string Name => "sqlite";

        public override async Task<string> CreateAsync()
        {
            var file = NewFile();
            File.Copy(await _template.Value, file);
            return $"Data Source={file}";
        }

        public override Task<string> CreateEmptyAsync() => Task.FromResult($"Data Source={NewFile()}");

        public override Task DropAsync(string connectionString)
        {
            using var connection = new SqliteConnection(connectionString);
            SqliteConnection.ClearPool(connection);
            foreach (
                var file in Directory.GetFiles(Path.GetDirectoryName(connection.DataSource)!, Path.GetFileName(connection.DataSource) + "*")
            )
            {
                File.Delete(file);
            }
            return Task.CompletedTask;
        }

        private static string NewFile()
        {
            var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "portfolio-tests"));
            return Path.Combine(folder.FullName, $"{Guid.NewGuid():N}.db");
        }
    }

    private sealed class SqlServer : Engine
    {
        private const string Variable = "PORTFOLIO_TEST_SQLSERVER";

        private static readonly Lazy<Task<string>> _server = new(async () =>
        {
            var value = Environment.GetEnvironmentVariable(Variable);
            if (string.IsNullOrWhiteSpace(value))
            {
                Assert.Ignore($"Set {Variable} to a connection string (or to 'container', with Docker) to test on SQL Server.");
            }
            if (value != "container")
            {
                return value!;
            }
            try
            {
                // Disposed with the process by Testcontainers' own watcher.
                var container = new MsSqlBuilder("mcr.microsoft.com/mssql/server:2022-latest").Build();
                await container.StartAsync();
                return container.GetConnectionString();
            }
            catch (Exception e) when (e is DotNet.Testcontainers.Builders.DockerUnavailableException or ArgumentException)
            {
                Assert.Ignore($"{Variable} is 'container', but Docker does not answer: {e.Message}");
                throw;
            }
        });

        public override string Name => "sqlserver";

        public override async Task<string> CreateAsync()
        {
            var connectionString = await CreateEmptyAsync();
            await MigrateAsync("sqlserver", connectionString);
            return connectionString;
        }

        public override async Task<string> CreateEmptyAsync() =>
            new SqlConnectionStringBuilder(await _server.Value) { InitialCatalog = $"PortfolioTest_{Guid.NewGuid():N}" }.ConnectionString;

        public override async Task DropAsync(string connectionString)
        {
            var builder = new SqlConnectionStringBuilder(connectionString);
            var name = builder.InitialCatalog;
            SqlConnection.ClearAllPools();
            builder.InitialCatalog = "master";
            await using var connection = new SqlConnection(builder.ConnectionString);
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = $"DROP DATABASE [{name}]";
            await command.ExecuteNonQueryAsync();
        }
    }
}
