import { linkSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/*
 * A lock between processes as a file that its holder touches every second: when it was not touched for a while, the
 * holder is gone, however it ended. Process ids would not do, a container hands out the same ones at each start.
 */

const heartbeatMs = 1_000
const staleAfterMs = 15_000

/**
 * Runs `fn` while no other process that asks for the lock of this checkout does.
 *
 * @param {string} root
 * @param {{ onWait: () => void }} options
 * @param {() => Promise<void>} fn
 */
export async function withInstallLock(root, { onWait }, fn) {
  const lock = join(root, '.tmp/install.lock')
  mkdirSync(join(root, '.tmp'), { recursive: true })
  for (let hasWaited = false; !take(lock); hasWaited = true) {
    if (!hasWaited) onWait()
    await delay(200)
  }
  const heartbeat = setInterval(() => touch(lock), heartbeatMs)
  const release = () => rmSync(lock, { force: true })
  process.once('exit', release)
  try {
    await fn()
  } finally {
    clearInterval(heartbeat)
    process.removeListener('exit', release)
    release()
  }
}

/** @param {string} lock */
function take(lock) {
  try {
    writeFileSync(lock, '', { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    if (isStale(lock)) discard(lock)
    return false
  }
}

/** @param {string} lock */
function isStale(lock) {
  try {
    return Date.now() - statSync(lock).mtimeMs > staleAfterMs
  } catch {
    return false
  }
}

/**
 * Renamed first, then looked at again: another waiter may have replaced the stale lock by a live one meanwhile.
 *
 * @param {string} lock
 */
function discard(lock) {
  const aside = `${lock}.${process.pid}`
  try {
    renameSync(lock, aside)
    if (!isStale(aside)) linkSync(aside, lock)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(codeOf(error))) throw error
  }
  rmSync(aside, { force: true })
}

/** @param {string} lock */
function touch(lock) {
  try {
    utimesSync(lock, new Date(), new Date())
  } catch {
    // Gone when the folder was removed under us; npm will say so.
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
