using System.Reflection;
using System.Runtime.CompilerServices;
using Allianz.Portfolio.Api.Database;
using Microsoft.Data.SqlClient;

namespace Allianz.Portfolio.Tests.Database;

/// <summary>What an error of the server means, without a server.</summary>
public class DialectTests
{
    [TestCase(-2, false, true, TestName = "A command's time is over")]
    [TestCase(1222, false, true, TestName = "A lock was not to be had")]
    [TestCase(1205, true, false, TestName = "A deadlock")]
    [TestCase(2627, false, false, TestName = "A key that is there")]
    public void SQL_Server_says_by_number_who_was_in_the_way(int number, bool conflict, bool timeout)
    {
        var error = Error(number);

        Assert.That(error.Number, Is.EqualTo(number));
        Assert.That(Dialect.SqlServer.IsConflictBetweenWriters(error), Is.EqualTo(conflict));
        Assert.That(Dialect.SqlServer.IsTimeoutOfWriter(error), Is.EqualTo(timeout));
    }

    // The library lets nobody else make one.
    private static SqlException Error(int number)
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public;
        var error = (SqlError)RuntimeHelpers.GetUninitializedObject(typeof(SqlError));
        typeof(SqlError).GetField("_number", Hidden)!.SetValue(error, number);
        var errors = (SqlErrorCollection)Activator.CreateInstance(typeof(SqlErrorCollection), nonPublic: true)!;
        typeof(SqlErrorCollection).GetMethod("Add", Hidden)!.Invoke(errors, [error]);
        return (SqlException)
            typeof(SqlException)
                .GetMethod("CreateException", Hidden, [typeof(SqlErrorCollection), typeof(string)])!
                .Invoke(null, [errors, "16.0"])!;
    }
}
