using System.Data;
using System.Globalization;
using Dapper;

namespace Allianz.Portfolio.Api.Database;

/// <summary>
/// How values travel. Dapper's handlers are process-wide, so each reads what either engine gives and writes what either takes:
/// dates as date or <c>yyyy-MM-dd</c>, instants as UTC datetime2(3) or text, ids as uniqueidentifier or text.
/// </summary>
internal static class Values
{
    public static void Register()
    {
        Use(new Day());
        Use(new Instant());
        Use(new Id());
    }

    /// <summary>Instants are kept in whole milliseconds, so that what is read is what was hashed.</summary>
    public static DateTimeOffset WholeMilliseconds(this DateTimeOffset instant) =>
        new(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);

    private static void Use<T>(SqlMapper.TypeHandler<T> handler)
        where T : struct
    {
        SqlMapper.RemoveTypeMap(typeof(T));
        SqlMapper.RemoveTypeMap(typeof(T?));
        SqlMapper.AddTypeHandler(handler);
    }

    private sealed class Day : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) =>
            value is DateTime time ? DateOnly.FromDateTime(time)
            : value is DateOnly day ? day
            : DateOnly.ParseExact((string)value, "yyyy-MM-dd", CultureInfo.InvariantCulture);

        public override void SetValue(IDbDataParameter parameter, DateOnly value)
        {
            parameter.DbType = DbType.Date;
            parameter.Value = value;
        }
    }

    private sealed class Instant : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            value is DateTime time
                ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
                : DateTimeOffset.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.DateTime2;
            parameter.Value = value.WholeMilliseconds().UtcDateTime;
        }
    }

    private sealed class Id : SqlMapper.TypeHandler<Guid>
    {
        public override Guid Parse(object value) => value is Guid id ? id : Guid.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, Guid value)
        {
            parameter.DbType = DbType.Guid;
            parameter.Value = value;
        }
    }
}
