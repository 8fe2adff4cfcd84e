import packaged from '@sparticuz/chromium'

/*
 * Unpacks the browser of @sparticuz/chromium and says where it is. A program of its own, because the package takes its
 * settings from the environment, and changes it.
 */
const executablePath = await packaged.executablePath()
console.log(JSON.stringify({ executablePath, libraryPath: process.env['LD_LIBRARY_PATH'] ?? '' }))
